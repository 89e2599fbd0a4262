"""What the platforms allow, as data. Each number has its source in the shared platform notes.

Where a limit is only advice about display, the advice is kept: a cut label is better than a label
that the client cuts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from handlers.rules.template_fields import FieldType
from storage.vocabulary import MediaKind, Platform

_MEGABYTE = 1024 * 1024

FRESHNESS_SECONDS = 600
"""How far a request's URL timestamp may be from our clock, in both directions."""

INCOMING_TEXT_CHARACTERS = 20_000
"""Ours, not theirs: people cannot type more than 2,048 bytes, but forwarded notes are longer."""

SENDER_CHARACTERS = 64
"""The longest openid or userid (WeCom: 1 to 64 bytes); also the column's length."""

INBOX_KEY_CHARACTERS = 300
"""Length of the column that makes repeats of one message one message."""

TEXT_BYTES = 2_000
"""A6, B4: text is cut beyond 2,048 bytes (official account: measured, 45002); some room left."""

MENU_ENTRIES = 10
"""A7: entries of a msgmenu. Unpublished for official accounts; these are of WeCom's service."""

MENU_ENTRY_BYTES = 128
"""A7: content of an entry."""

MENU_HEAD_BYTES = 1_024
"""A7: head_content."""

OFFICIAL_BATCH = 1
"""A7: message/custom/send takes exactly one openid."""

WECOM_BATCH = 1_000
"""B4: message/send takes up to 1,000 userids, B5: the update of a card as well."""

CARD_TITLE_CHARACTERS = 36
"""B5: main_title.title."""

CARD_TEXT_CHARACTERS = 160
"""B5: sub_title_text."""

CARD_FIELDS = 6
"""B5: horizontal_content_list."""

CARD_FIELD_NAME_CHARACTERS = 5
"""B5: keyname."""

CARD_FIELD_VALUE_CHARACTERS = 30
"""B5: value."""

CARD_BUTTONS = 6
"""B5: button_list."""

CARD_BUTTON_CHARACTERS = 10
"""B5: text of a button."""

CARD_KEY_BYTES = 1_024
"""B5: key of a button, question_key."""

CARD_OPTIONS = 10
"""B5: option_list of a button_selection."""

CARD_OPTION_CHARACTERS = 16
"""B5: text of an option."""

CARD_OPTION_ID_BYTES = 128
"""B5: id of an option."""

CARD_TASK_ID_BYTES = 128
"""B5: digits, letters and ``_-@``; unique for the app, 42014 otherwise."""

CARD_NOTE_CHARACTERS = 30
"""B3, B5: replace_name has no published limit; the buttons' display width times three."""

CLIENT_ID_CHARACTERS = 32
"""A8: client_msg_id has no published limit; a digest of this length is unique enough."""

TEMPLATES_KNOWN_SECONDS = 3_600.0
"""Ours: an operator who adds a template waits so long at most."""

TIMEZONE = "Asia/Shanghai"
"""Ours: where the platforms, and with them the communities, are."""

FIELD_CHARACTERS: Mapping[FieldType, int] = MappingProxyType(
    {
        FieldType.THING: 20,
        FieldType.SHORT_THING: 5,  # undocumented; a phrase's
        FieldType.NUMBER: 32,
        FieldType.LETTER: 32,
        FieldType.SYMBOL: 5,
        FieldType.CHARACTER_STRING: 32,
        FieldType.PHONE_NUMBER: 17,
        FieldType.NAME: 20,
        FieldType.PHRASE: 5,
    }
)
"""A8: the most that typed fields of a template message take; of names it is the Latin ones."""

NAME_HAN_CHARACTERS = 10
"""A8: a name in Chinese."""

DUPLICATE_CHECK_SECONDS = 1_800
"""B4: the default interval in which an identical text is swallowed."""

INCOMING_BYTES: Mapping[MediaKind, int] = MappingProxyType(
    {MediaKind.IMAGE: 10 * _MEGABYTE, MediaKind.VOICE: 2 * _MEGABYTE}
)
"""A12, B10: the largest photo and voice that either platform could carry on."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a platform takes of one kind of media."""

    content_types: frozenset[str]
    most_bytes: int


CARRIED: Mapping[tuple[Platform, MediaKind], Carried] = MappingProxyType(
    {
        # A12 says 10 MB in its table and 2 MB in its remarks.
        (Platform.OFFICIAL, MediaKind.IMAGE): Carried(
            frozenset({"image/jpeg", "image/png", "image/gif"}), 2 * _MEGABYTE
        ),
        (Platform.OFFICIAL, MediaKind.VOICE): Carried(
            frozenset({"audio/amr", "audio/mpeg"}), 2 * _MEGABYTE
        ),
        (Platform.WECOM, MediaKind.IMAGE): Carried(
            frozenset({"image/jpeg", "image/png"}), 10 * _MEGABYTE
        ),
        (Platform.WECOM, MediaKind.VOICE): Carried(frozenset({"audio/amr"}), 2 * _MEGABYTE),
    }
)
"""A12, B10: types and sizes of uploads."""

LEAST_MEDIA_BYTES = 6
"""B10: every file has more than five bytes."""

MEDIA_DAYS = 3
"""A12, B10: how long a platform knows a photo or voice by the name it gave it, in and out."""

MEDIA_MARGIN_HOURS = 2
"""Ours: a name so close to its end is not used any more, a send may be tried again later."""

TOKEN_MARGIN_SECONDS = 60
"""Ours: a token this close to its end is fetched anew; A9 promises both five minutes of overlap."""
