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
