package text

// Key names an entry of a [Catalogue]. The operator overrides entries by these names.
type Key string

// What the page is, for the system that installs it as an app.
const (
	Description Key = "description"
)

// The signed-out page.
const (
	Welcome         Key = "welcome"
	WelcomeBody     Key = "welcome_body"
	SignIn          Key = "sign_in"
	FinishingSignIn Key = "finishing_sign_in"
)

// The locks' dialogs. What is in braces is filled in: the "{account}" that a login is asked of,
// the "{connection}" that is pressed, how many are found ("{count}" of "{total}", a plural).
const (
	SignInTitle      Key = "sign_in_title"
	LinkTitle        Key = "link_title"
	ProveTitle       Key = "prove_title"
	ProveToLink      Key = "prove_to_link"
	ProveToUnlink    Key = "prove_to_unlink"
	MoveTitle        Key = "move_title"
	MoveToLink       Key = "move_to_link"
	Continue         Key = "continue"
	LastUsed         Key = "last_used"
	LinkInstructions Key = "link_instructions"
	Filter           Key = "filter"
	Found            Key = "found"
	NotFound         Key = "not_found"
	ContinueWith     Key = "continue_with"
	Opening          Key = "opening"
	WindowOpen       Key = "window_open"
	WindowUnseen     Key = "window_unseen"
)

// What ways to sign in are called that have no name of their own.
const (
	EmailAndPassword Key = "email_and_password"
	EmailCode        Key = "email_code"
	TextMessage      Key = "text_message"
)

// The profile.
const (
	SignOut         Key = "sign_out"
	Verified        Key = "verified"
	NotVerified     Key = "not_verified"
	NoEmail         Key = "no_email"
	EmailNotKnown   Key = "email_not_known"
	AccountSince    Key = "account_since"
	Profile         Key = "profile"
	Accounts        Key = "accounts"
	AccountsBody    Key = "accounts_body"
	Primary         Key = "primary"
	PrimaryHint     Key = "primary_hint"
	LinkedOn        Key = "linked_on"
	LastSignIn      Key = "last_sign_in"
	FindAccount     Key = "find_account"
	LinkedAccounts  Key = "linked_accounts"
	NoLinked        Key = "no_linked"
	LinkAccount     Key = "link_account"
	Unlink          Key = "unlink"
	UnlinkLabel     Key = "unlink_label"
	UnknownAccount  Key = "unknown_account"
	NamelessAccount Key = "nameless_account"
	Stop            Key = "stop"
)

// What is said without a network.
const (
	AsOf         Key = "as_of"
	OnlineToLink Key = "online_to_link"
	NotConnected Key = "not_connected"
)

// The page itself.
const (
	NewVersion    Key = "new_version"
	UseNewVersion Key = "use_new_version"
	Install       Key = "install"
	InstallByHand Key = "install_by_hand"
)

// The questions. "{first}" is the account that stays, "{second}" the one that is added to it.
const (
	ConfirmLinkTitle    Key = "confirm_link_title"
	ConfirmLinkBody     Key = "confirm_link_body"
	VerifiedStays       Key = "verified_stays"
	ConfirmLink         Key = "confirm_link"
	ConfirmLinkMeans    Key = "confirm_link_means"
	CardStays           Key = "card_stays"
	CardMoves           Key = "card_moves"
	CardOtherStays      Key = "card_other_stays"
	CardYoursMoves      Key = "card_yours_moves"
	ReversedTitle       Key = "reversed_title"
	ReversedBelongs     Key = "reversed_belongs"
	ReversedHasLinked   Key = "reversed_has_linked"
	ReversedEnterprise  Key = "reversed_enterprise"
	ReversedOffer       Key = "reversed_offer"
	LinkKeepsOther      Key = "link_keeps_other"
	LinkKeeps           Key = "link_keeps"
	LinkSignsIn         Key = "link_signs_in"
	LinkLoses           Key = "link_loses"
	LinkStoredElsewhere Key = "link_stored_elsewhere"
	AccountUntouched    Key = "account_untouched"
	LinkLosesMetadata   Key = "link_loses_metadata"
	LinkLasts           Key = "link_lasts"
	ConfirmUnlinkTitle  Key = "confirm_unlink_title"
	ConfirmUnlinkBody   Key = "confirm_unlink_body"
	ConfirmUnlink       Key = "confirm_unlink"
	UnlinkSeparate      Key = "unlink_separate"
	UnlinkNoData        Key = "unlink_no_data"
	UnlinkNoSignIn      Key = "unlink_no_sign_in"
	Cancel              Key = "cancel"
	Close               Key = "close"
)

// The cards and the settings in the question before a link, and what an unlink does not end.
const (
	CardCreated          Key = "card_created"
	CardLastSeen         Key = "card_last_seen"
	CardSettings         Key = "card_settings"
	KeepOther            Key = "keep_other"
	FieldsTitle          Key = "fields_title"
	FieldsKept           Key = "fields_kept"
	FieldsLost           Key = "fields_lost"
	DoesNotFit           Key = "does_not_fit"
	FieldsBody           Key = "fields_body"
	AboutBoth            Key = "about_both"
	ValueOn              Key = "value_on"
	ValueOff             Key = "value_off"
	ValueEmpty           Key = "value_empty"
	ValueEntries         Key = "value_entries"
	LinkReplaces         Key = "link_replaces"
	LinkLosesAppMetadata Key = "link_loses_app_metadata"
	SaveCopy             Key = "save_copy"
	StillKnown           Key = "still_known"
	StillActs            Key = "still_acts"
	RemoveThere          Key = "remove_there"
	SignOutMore          Key = "sign_out_more"
	SignOutReach         Key = "sign_out_reach"
	SaveLeftover         Key = "save_leftover"
)

// The history.
const (
	History      Key = "history"
	HistoryBody  Key = "history_body"
	HistoryEmpty Key = "history_empty"
	HistorySave  Key = "history_save"
)

// Beside a failure.
const (
	Details     Key = "details"
	CopyDetails Key = "copy_details"
	Copied      Key = "copied"
	CopyRefused Key = "copy_refused"
	Dismiss     Key = "dismiss"
	ServiceSays Key = "service_says"
)

// The operator's links, and the languages.
const (
	BackTo         Key = "back_to"
	OwnLinks       Key = "own_links"
	Help           Key = "help"
	Privacy        Key = "privacy"
	Terms          Key = "terms"
	ChooseLanguage Key = "choose_language"
)

// What an "{application}" has sent the person here for.
const (
	ReferralLink      Key = "referral_link"
	ReferralUnlink    Key = "referral_unlink"
	ReferralUnlinkAny Key = "referral_unlink_any"
	ReferralUnknown   Key = "referral_unknown"
	ReferralSignIn    Key = "referral_sign_in"
	ReferralRefused   Key = "referral_refused"
	ReferralNotHere   Key = "referral_not_here"
	ReferralDone      Key = "referral_done"
)

// Help. Support is the word for "{support}" in a sentence.
const (
	Support     Key = "support"
	GetHelp     Key = "get_help"
	GetHelpTab  Key = "get_help_tab"
	AskOperator Key = "ask_operator"
	VerifyFirst Key = "verify_first"
	VerifyEmail Key = "verify_email"
)

// What has gone wrong. Each says what happened and what the person can do.
const (
	Unknown            Key = "unknown"
	Offline            Key = "offline"
	NoAnswer           Key = "no_answer"
	Configuration      Key = "configuration"
	OtherTenant        Key = "other_tenant"
	TenantUnreachable  Key = "tenant_unreachable"
	NoTransaction      Key = "no_transaction"
	TransactionExpired Key = "transaction_expired"
	OtherPurpose       Key = "other_purpose"
	OtherSubject       Key = "other_subject"
	Callback           Key = "callback"
	ResponseIssuer     Key = "response_issuer"
	Denied             Key = "denied"
	Refused            Key = "refused"
	NotLetIn           Key = "not_let_in"
	Blocked            Key = "blocked"
	Attempts           Key = "attempts"
	SecondFactor       Key = "second_factor"
	NoAccess           Key = "no_access"
	Algorithm          Key = "algorithm"
	NoAuthTime         Key = "no_auth_time"
	LoginRequired      Key = "login_required"
	Authorization      Key = "authorization"
	Exchange           Key = "exchange"
	IDToken            Key = "id_token"
	Clock              Key = "clock"
	NotFresh           Key = "not_fresh"
	SessionExpired     Key = "session_expired"
	Scope              Key = "scope"
	Unauthorized       Key = "unauthorized"
	NoUser             Key = "no_user"
	AlreadyLinked      Key = "already_linked"
	SameAccount        Key = "same_account"
	AlreadyHere        Key = "already_here"
	Unverified         Key = "unverified"
	Unvouched          Key = "unvouched"
	NeedsEmail         Key = "needs_email"
	PrimaryStays       Key = "primary_stays"
	NotHere            Key = "not_here"
	LinkToken          Key = "link_token"
	Secondary          Key = "secondary"
	SecondaryGone      Key = "secondary_gone"
	Connection         Key = "connection"
	Request            Key = "request"
	RateLimited        Key = "rate_limited"
	Server             Key = "server"
	Answer             Key = "answer"
	NotRemoved         Key = "not_removed"
	Unconfirmed        Key = "unconfirmed"
	Cancelled          Key = "cancelled"
	WrongAccount       Key = "wrong_account"
	Unread             Key = "unread"
	NotAllowed         Key = "not_allowed"
	NoLink             Key = "no_link"
	PrimaryOnly        Key = "primary_only"
	NoUnlink           Key = "no_unlink"
	TooLarge           Key = "too_large"
	SameConnection     Key = "same_connection"
	HasLinked          Key = "has_linked"
	Enterprise         Key = "enterprise"
	Unusable           Key = "unusable"
	LastWay            Key = "last_way"
	Journal            Key = "journal"
	PendingLink        Key = "pending_link"
	Unsettled          Key = "unsettled"
	Merge              Key = "merge"
	JournalLost        Key = "journal_lost"
	Reused             Key = "reused"
	SecondNotAccepted  Key = "second_not_accepted"
	OtherPerson        Key = "other_person"
	Insecure           Key = "insecure"
	NotSaved           Key = "not_saved"
	NotKept            Key = "not_kept"
	StorageFull        Key = "storage_full"
	NoVault            Key = "no_vault"
)

// What to know before two accounts are linked.
const (
	PrimaryUnverified   Key = "primary_unverified"
	SecondaryUnverified Key = "secondary_unverified"
	PrimaryNoEmail      Key = "primary_no_email"
	SecondaryNoEmail    Key = "secondary_no_email"
	SecondaryUnread     Key = "secondary_unread"
	TwoOfOne            Key = "two_of_one"
	PersonalJoins       Key = "personal_joins"
	PrimaryMetadata     Key = "primary_metadata"
	SecondaryMetadata   Key = "secondary_metadata"
)

// Why a linked account has no button to unlink it.
const (
	NoID  Key = "no_id"
	BadID Key = "bad_id"
)

// What becomes of a setting that both accounts have, or only the second one.
const (
	FieldKeep  Key = "field_keep"
	FieldTake  Key = "field_take"
	FieldBoth  Key = "field_both"
	FieldAdd   Key = "field_add"
	FieldLeave Key = "field_leave"
)

// What the history tells of.
const (
	HistoryLinked   Key = "history_linked"
	HistoryUnlinked Key = "history_unlinked"
	HistoryRefused  Key = "history_refused"
	HistoryInPart   Key = "history_in_part"
	HistoryNotMine  Key = "history_not_mine"
)

// What is under way.
const (
	LoadingProfile Key = "loading_profile"
	CheckingSecond Key = "checking_second"
	Linking        Key = "linking"
	Unlinking      Key = "unlinking"
	SigningOut     Key = "signing_out"
)

// What it waits for. Waiting is a plural.
const (
	Waiting      Key = "waiting"
	LookingAgain Key = "looking_again"
)

// What has been done, here or in another tab.
const (
	Linked             Key = "linked"
	LinkedSkipped      Key = "linked_skipped"
	Unlinked           Key = "unlinked"
	NothingChanged     Key = "nothing_changed"
	UnfinishedLink     Key = "unfinished_link"
	ProvedYou          Key = "proved_you"
	OnlyThisPage       Key = "only_this_page"
	ResumeDone         Key = "resume_done"
	ResumeNothing      Key = "resume_nothing"
	UpdatedElsewhere   Key = "updated_elsewhere"
	SignedOutHere      Key = "signed_out_here"
	SignedOutThere     Key = "signed_out_there"
	SignedOutElsewhere Key = "signed_out_elsewhere"
	FinishedBefore     Key = "finished_before"
	MailLinkWorked     Key = "mail_link_worked"
	MailLinkFailed     Key = "mail_link_failed"
	Suggested          Key = "suggested"
)

// What can be done next.
const (
	TryAgain    Key = "try_again"
	SignInAgain Key = "sign_in_again"
	SignInTo    Key = "sign_in_to"
	LinkAgain   Key = "link_again"
	LinkIt      Key = "link_it"
	NotMine     Key = "not_mine"
	LinkAnother Key = "link_another"
	SignOutHere Key = "sign_out_here"
)

// What is said where there is no program: inside a frame, at a path without a page, in a window that
// is done, without scripts, and instead of a program that does not come or has ended.
const (
	Framed       Key = "framed"
	OpenAlone    Key = "open_alone"
	Lost         Key = "lost"
	GoHome       Key = "go_home"
	CloseWindow  Key = "close_window"
	NoScript     Key = "no_script"
	Reload       Key = "reload"
	TooOld       Key = "too_old"
	NotLoaded    Key = "not_loaded"
	NoProgram    Key = "no_program"
	OtherProgram Key = "other_program"
	Stopped      Key = "stopped"
)
