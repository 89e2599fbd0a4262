"""How soon a matter must be looked after, by its words."""

import pytest

from handlers.rules.classes import class_of
from handlers.texts.clocks import CLASS_WORDS
from handlers.texts.reading import DANGER
from storage.vocabulary import MatterClass, OrderKind

MATTERS = (
    ("楼道灯坏了", MatterClass.GENERAL),
    ("楼下垃圾没人收", MatterClass.GENERAL),
    ("电梯里有小广告", MatterClass.GENERAL),
    ("电梯间的灯，坏了", MatterClass.GENERAL),
    ("楼道暖气旁边堆了杂物", MatterClass.GENERAL),
    ("单元门坏了", MatterClass.GENERAL),
    ("我家停电了", MatterClass.TIMELY),
    ("3栋又停水，老人没法做饭", MatterClass.TIMELY),
    ("厨房水管漏水", MatterClass.TIMELY),
    ("下水道堵了", MatterClass.TIMELY),
    ("2单元电梯不动了", MatterClass.TIMELY),
    ("暖气不热，孩子冷", MatterClass.TIMELY),
    ("燃气灶打不着火", MatterClass.TIMELY),
    ("想加装电梯，三楼不同意", MatterClass.COMPLEX),
    ("楼上楼下漏水纠纷", MatterClass.COMPLEX),
    ("老旧小区改造什么时候开始", MatterClass.COMPLEX),
    ("快来，厨房着火了", MatterClass.EMERGENCY),
    ("有人被困在电梯里", MatterClass.EMERGENCY),
    ("楼道堆杂物，一旦着火了跑不掉", MatterClass.GENERAL),
)


@pytest.mark.parametrize(("matter", "wanted"), MATTERS, ids=[matter for matter, _ in MATTERS])
def test_the_class_of_a_matter(matter: str, wanted: MatterClass) -> None:
    assert class_of(OrderKind.REPORT, matter, CLASS_WORDS, DANGER) is wanted


@pytest.mark.parametrize("wish", ["想要一副老花镜", "想请人修修水管漏水", "怕晕倒，想有人陪"])
def test_a_wish_is_a_wish_whatever_it_is_about(wish: str) -> None:
    assert class_of(OrderKind.WISH, wish, CLASS_WORDS, DANGER) is MatterClass.WISH
