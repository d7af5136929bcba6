package provider

// table lists the providers. The colours are the providers' own, darkened where a
// white letter could not be read on them.
var table = []Provider{
	{Strategy: "auth0", Name: "Email and password", Kind: Database, Email: Verified, Colour: 0x3d4254},
	{Strategy: "email", Name: "Email", Kind: Passwordless, Email: Verified},
	{Strategy: "sms", Name: "Text message", Kind: Passwordless, Email: Never},

	{
		Strategy: "google-oauth2", Name: "Google", Email: Verified, Colour: 0xb93221,
		Applications: "https://myaccount.google.com/connections",
		Pictures:     []string{"*.googleusercontent.com"},
	},
	{
		Strategy: "facebook", Name: "Facebook", Colour: 0x1667d9,
		Applications: "https://www.facebook.com/settings?tab=applications",
		Pictures:     []string{"platform-lookaside.fbsbx.com", "*.fbcdn.net"}, // the first redirects to the second
	},
	{
		Strategy: "apple", Name: "Apple", Email: Verified, Colour: 0x1d1d1f,
		Applications: "https://account.apple.com/account/manage",
	},
	{
		Strategy: "windowslive", Name: "Microsoft", Email: Unverified, Colour: 0x1a6fb5,
		Applications: "https://account.live.com/consent/Manage",
	},
	{
		Strategy: "github", Name: "GitHub", Colour: 0x24292f,
		Applications: "https://github.com/settings/applications",
		Pictures:     []string{"avatars.githubusercontent.com"},
	},
	{
		Strategy: "linkedin", Name: "LinkedIn", Email: Verified, Colour: 0x0a63bd,
		Pictures: []string{"media.licdn.com"},
	},
	{
		Strategy: "twitter", Name: "X", Colour: 0x0f1419,
		Pictures: []string{"pbs.twimg.com"},
	},
	{Strategy: "amazon", Name: "Amazon", Email: Verified, Colour: 0xa35d00},
	{Strategy: "yahoo", Name: "Yahoo", Colour: 0x6001d2},
	{Strategy: "line", Name: "LINE", Colour: 0x047a35},
	{Strategy: "paypal", Name: "PayPal", Email: Verified, Colour: 0x003087},
	{Strategy: "salesforce", Name: "Salesforce", Email: Unverified, Colour: 0x00709c},
	{Strategy: "salesforce-community", Name: "Salesforce", Email: Unverified, Colour: 0x00709c},
	{Strategy: "dropbox", Name: "Dropbox", Email: Verified, Colour: 0x0061ff},
	{Strategy: "bitbucket", Name: "Bitbucket", Email: Verified, Colour: 0x0052cc},
	{Strategy: "box", Name: "Box", Email: Verified, Colour: 0x0061d5},
	{Strategy: "shopify", Name: "Shopify", Email: Verified, Colour: 0x4c7318},
	{Strategy: "shop", Name: "Shop", Email: Verified, Colour: 0x5433eb},
	{Strategy: "wordpress", Name: "WordPress", Email: Verified, Colour: 0x21759b},
	{Strategy: "vkontakte", Name: "VK", Colour: 0x45668e},
	{Strategy: "yandex", Name: "Yandex", Colour: 0x8a6100},
	{Strategy: "weibo", Name: "新浪微博", Colour: 0xc23a28},
	{Strategy: "baidu", Name: "百度", Colour: 0x2529d8},
	{Strategy: "instagram", Name: "Instagram", Email: Never, Colour: 0x3f729b},
	{Strategy: "oauth2"}, // whatever a tenant has added itself

	{Strategy: "google-apps", Name: "Google Workspace", Kind: Enterprise, Email: Verified, Colour: 0xb93221},
	{Strategy: "waad", Name: "Microsoft Entra ID", Kind: Enterprise, Colour: 0x1a6fb5},
	{Strategy: "okta", Name: "Okta", Kind: Enterprise, Colour: 0x1d1d1f},
	{Strategy: "ad", Kind: Enterprise},
	{Strategy: "adfs", Kind: Enterprise},
	{Strategy: "auth0-adldap", Kind: Enterprise},
	{Strategy: "auth0-oidc", Kind: Enterprise},
	{Strategy: "custom", Kind: Enterprise},
	{Strategy: "ip", Kind: Enterprise},
	{Strategy: "mscrm", Kind: Enterprise},
	{Strategy: "office365", Kind: Enterprise},
	{Strategy: "oidc", Kind: Enterprise},
	{Strategy: "pingfederate", Kind: Enterprise},
	{Strategy: "samlp", Kind: Enterprise},
	{Strategy: "sharepoint", Kind: Enterprise},
}
