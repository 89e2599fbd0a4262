"""The words that tables and rules share: every enumeration. Imports nothing of ours."""

from enum import StrEnum


class Platform(StrEnum):
    """Where a message comes from or goes to."""

    OFFICIAL = "official"
    WECOM = "wecom"


class OrganisationKind(StrEnum):
    """Kind of a node of the one tree; an employer stands outside the tree."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    BRANCH = "branch"
    ESTATE = "estate"
    GRID = "grid"
    BUILDING = "building"
    UNIT = "unit"
    DEPARTMENT = "department"
    EMPLOYER = "employer"


class Role(StrEnum):
    """What an appointment makes of a person inside its organisation."""

    SECRETARY = "secretary"
    DEPUTY = "deputy"
    MEMBER = "member"
    GRID_WORKER = "grid_worker"
    BUILDING_HEAD = "building_head"
    UNIT_STEWARD = "unit_steward"
    COMMUNITY_WORKER = "community_worker"
    STREET_WORKER = "street_worker"


class OrderKind(StrEnum):
    """What a resident placed."""

    REPORT = "report"
    WISH = "wish"
    REQUEST = "request"


class MatterClass(StrEnum):
    """How soon a matter must be looked after; clocks and promises follow from it."""

    EMERGENCY = "emergency"
    TIMELY = "timely"
    GENERAL = "general"
    COMPLEX = "complex"
    WISH = "wish"


class WishKind(StrEnum):
    """What a wish is for."""

    THING = "thing"
    REPAIR = "repair"
    ERRAND = "errand"
    COMPANY = "company"
    OTHER = "other"


class Cost(StrEnum):
    """What a wish may cost whoever grants it."""

    NONE = "none"
    UP_TO_100 = "up_to_100"
    UP_TO_300 = "up_to_300"


class OrderStatus(StrEnum):
    """Where an order stands; the transitions live in ``handlers.rules.orders``."""

    SUBMITTED = "submitted"
    NEED_INFO = "need_info"
    DISPATCHED = "dispatched"
    TAKEN = "taken"
    DONE = "done"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    MERGED = "merged"


class Outcome(StrEnum):
    """How a closed order ended; RESOLVED is written by the resident only."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    UNRATED = "unrated"
    UNREACHABLE = "unreachable"


class OrderAction(StrEnum):
    """What can happen to an order; each step is also the kind of its event row."""

    SUBMIT = "submit"
    DISPATCH = "dispatch"
    TAKE = "take"
    JOIN = "join"
    SETTLE = "settle"
    FINISH = "finish"
    CONFIRM = "confirm"
    PARTLY = "partly"
    REOPEN = "reopen"
    LAPSE = "lapse"
    ASK = "ask"
    ANSWER = "answer"
    GIVE_UP = "give_up"
    REJECT = "reject"
    APPEAL = "appeal"
    HANDLE = "handle"
    RELEASE = "release"
    RECALL = "recall"
    EXHAUST = "exhaust"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    WIDEN = "widen"
    DECLINE = "decline"
    WAIT = "wait"
    SUPPLEMENT = "supplement"
    MESSAGE = "message"
    RATE = "rate"
    MISSED = "missed"
    COMING = "coming"
    NO_SHOW = "no_show"
    ACKNOWLEDGE = "acknowledge"
    URGE = "urge"
    OVERDUE = "overdue"
    UNDO = "undo"


class DispatchMode(StrEnum):
    """Who may take a dispatched order: the named only, or any member of the branch."""

    NAMED = "named"
    EVERYONE = "everyone"
    WAVES = "waves"


class AssignmentStatus(StrEnum):
    """Where the offer to, or the work of, one member on one seat stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    FINISHED = "finished"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    LOST = "lost"
    RELEASED = "released"
    REVOKED = "revoked"
    NO_SHOW = "no_show"


class TimerKind(StrEnum):
    """What a due timer is about."""

    CONFIRM_WINDOW = "confirm_window"
    INFO_WINDOW = "info_window"
    WAVE = "wave"
    NAMED_OFFER = "named_offer"
    WITHDRAWAL_SEEN = "withdrawal_seen"
    SIGHTING = "sighting"
    REOFFER = "reoffer"
    CLOCK = "clock"
    UNCLAIMED = "unclaimed"


class NoticeKind(StrEnum):
    """What a notice is about; templates and quotas are chosen by it later."""

    ORDER_SUBMITTED = "order_submitted"
    ORDER_OFFERED = "order_offered"
    ORDER_TAKEN = "order_taken"
    ORDER_HELD = "order_held"
    ORDER_DONE = "order_done"
    ORDER_CLOSED = "order_closed"
    ORDER_REOPENED = "order_reopened"
    ORDER_QUESTION = "order_question"
    ORDER_MESSAGE = "order_message"
    ORDER_CHANGED = "order_changed"
    ORDER_UNTAKEN = "order_untaken"
    DIGEST = "digest"
    VERIFICATION = "verification"
    REPLY = "reply"
    MEDIUM = "medium"
    OPERATIONS = "operations"
    HOME_DAY = "home_day"
    POINTS = "points"
    BRIEFING = "briefing"
    SERVICE = "service"


class DeliveryStatus(StrEnum):
    """Where one recipient's copy of a notice stands."""

    DUE = "due"
    SENT = "sent"
    PENDING = "pending"
    FAILED = "failed"


class Waiting(StrEnum):
    """Why a delivery that nothing is wrong with waits for the person's next message."""

    WINDOW_CLOSED = "window closed"
    NO_CHANNEL = "no channel"


class InboxStatus(StrEnum):
    """Whether the turn of an incoming message was answered or failed."""

    RECEIVED = "received"
    ANSWERED = "answered"
    FAILED = "failed"


class MediaKind(StrEnum):
    """What a resident or member sent besides words."""

    IMAGE = "image"
    VOICE = "voice"


class MediaStatus(StrEnum):
    """Where the fetching of one photo or voice stands."""

    DUE = "due"
    KEPT = "kept"
    REFUSED = "refused"
    LOST = "lost"


class Quota(StrEnum):
    """What a platform lets an account do only so often a day."""

    SENDS = "sends"
    TEMPLATES = "templates"


class AlertKind(StrEnum):
    """What is wrong with an account, by what an operator can do about it."""

    MISCONFIGURED = "misconfigured"
    UNAUTHORISED = "unauthorised"
    REFUSED = "refused"
    QUOTA = "quota"
    IDLE = "idle"
    CLOCK = "clock"


class Moved(StrEnum):
    """Why a home day is not on the last Sunday of its month."""

    WORKING_DAY = "working_day"
    HOLIDAY = "holiday"
    CALENDAR = "calendar"
    COMMUNITY = "community"


class Attendance(StrEnum):
    """What a member answered to the invitation to a home day."""

    COMING = "coming"
    OTHER_DAY = "other_day"
    EXCUSED = "excused"


class ReminderKind(StrEnum):
    """What is said about a home day, in the order of its time line."""

    DATE = "date"
    PICK = "pick"
    INVITATION = "invitation"
    EVE = "eve"
    MORNING = "morning"
    THANKS = "thanks"
    SUMMARY = "summary"


class PointSource(StrEnum):
    """What a point entry stands for; with its id, rule and member it is unique."""

    ORDER = "order"
    AWARD = "award"
    APPEAL = "appeal"


class AppealOutcome(StrEnum):
    """What the level above decided about an appealed entry."""

    STANDS = "stands"
    REVERSED = "reversed"
    LIGHTER = "lighter"


class DutyPost(StrEnum):
    """The posts of 5+X that a member may take on (DOMAIN.md a3 45)."""

    TEACHING = "teaching"
    SAFETY = "safety"
    MANNERS = "manners"
    CLEANLINESS = "cleanliness"
    CARE = "care"
    OWN_CHOICE = "own_choice"


class BriefingKind(StrEnum):
    """A gathered report that comes by itself."""

    DAILY = "daily"
    WEEKLY = "weekly"
    STREET = "street"
