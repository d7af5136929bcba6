package text

// Key names a sentence about something that the program tells apart by a value: an
// error, a warning, a state. A table beside what is drawn has the key for the value,
// and [Messages.Sentences] the sentence for the key.
type Key string

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
	Primary            Key = "primary"
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
	NotSaved           Key = "not_saved"
	NoVault            Key = "no_vault"
	Insecure           Key = "insecure"
	NotKept            Key = "not_kept"
	StorageFull        Key = "storage_full"
	WrongAccount       Key = "wrong_account"
	Unread             Key = "unread"
	NotAllowed         Key = "not_allowed"
	NoLink             Key = "no_link"
	PrimaryOnly        Key = "primary_only"
	NoUnlink           Key = "no_unlink"
	SameConnection     Key = "same_connection"
	TooLarge           Key = "too_large"
	HasLinked          Key = "has_linked"
	Enterprise         Key = "enterprise"
	Unusable           Key = "unusable"
	LastWay            Key = "last_way"
	Journal            Key = "journal"
	PendingLink        Key = "pending_link"
	Unsettled          Key = "unsettled"
	Merge              Key = "merge"
	Reused             Key = "reused"
	OtherPerson        Key = "other_person"
	JournalLost        Key = "journal_lost"
	SecondNotAccepted  Key = "second_not_accepted"
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

// What it waits for.
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
