"""Settings of template fields are checked at the start, each fault by its name."""

import pytest

from handlers.rules.template_fields import FieldType, Source, check, type_of


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("thing1", FieldType.THING),
        ("short_thing12", FieldType.SHORT_THING),
        ("character_string3", FieldType.CHARACTER_STRING),
        ("phone_number", FieldType.PHONE_NUMBER),
        ("const5", FieldType.CONST),
        ("first", FieldType.THING),
        ("keyword2", FieldType.THING),
        ("thingy1", None),
        ("Thing1", None),
        ("1thing", None),
        ("thing 1", None),
        ("", None),
    ],
)
def test_the_key_tells_the_type(key: str, kind: FieldType | None) -> None:
    assert type_of(key) is kind


@pytest.mark.parametrize("source", [*Source, "field:地点", "=请留意"])
def test_every_known_source_may_fill_a_field(source: str) -> None:
    check({"thing1": source})


def test_a_listed_word_is_set_in_words() -> None:
    check({"const1": "=已登记", "enum2": "=已离开"})


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"thing1": "title", "wonder2": "text"}, "wonder2: no such type of field"),
        ({"thing1": "titel"}, 'thing1: no such source "titel"'),
        ({"thing1": ""}, 'thing1: no such source ""'),
        ({"thing1": "field:"}, 'thing1: no such source "field:"'),
        ({"thing1": "= "}, 'thing1: no such source "= "'),
        ({"const1": "status"}, "const1: needs one of the words"),
        ({"enum1": "field:状态"}, "enum1: needs one of the words"),
    ],
)
def test_what_cannot_fill_a_field_is_named(fields: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match="^" + named):
        check(fields)
