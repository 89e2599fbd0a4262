"""Three small pictures of what goes wrong in a neighbourhood, drawn here and written as PNG."""

import struct
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

WIDTH, HEIGHT = 320, 240

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH, _INDEXED = 8, 3
_COLOURS = (
    0x2B2D36,  # 0 dark wall
    0x3D404C,  # 1 dark step
    0x7A7F8F,  # 2 metal
    0xD9D4C7,  # 3 light wall
    0x4C8DC9,  # 4 water
    0x8A5A33,  # 5 wood
    0x7FA65A,  # 6 grass
    0xB8D4EA,  # 7 sky
    0x5B5148,  # 8 earth
    0xF2E7B8,  # 9 pale light
)


class _Canvas:
    """Rows of colour numbers; what lies outside is not drawn."""

    def __init__(self, colour: int) -> None:
        self.rows = [bytearray([colour]) * WIDTH for _ in range(HEIGHT)]

    def box(self, left: int, top: int, width: int, height: int, colour: int) -> None:
        """Fill a rectangle."""
        start, end = max(left, 0), min(left + width, WIDTH)
        for row in self.rows[max(top, 0) : max(top + height, 0)]:
            row[start:end] = bytes([colour]) * max(end - start, 0)

    def oval(self, x: int, y: int, wide: int, high: int, colour: int) -> None:
        """Fill an ellipse around a point."""
        for dy in range(-high, high + 1):
            half = int(wide * (1 - (dy / high) ** 2) ** 0.5)
            self.box(x - half, y + dy, 2 * half + 1, 1, colour)

    def png(self) -> bytes:
        """Write it as an indexed PNG."""
        palette = b"".join(colour.to_bytes(3, "big") for colour in _COLOURS)
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, _DEPTH, _INDEXED, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self.rows), 9)
        chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b""))
        return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _lamp(canvas: _Canvas) -> None:
    """Draw a dark staircase under a lamp that is out."""
    for step in range(6):
        canvas.box(40 * step, 220 - 22 * step, WIDTH, 12, 1)
    canvas.box(158, 0, 4, 50, 2)
    canvas.oval(160, 62, 34, 14, 2)
    canvas.oval(160, 74, 14, 14, 1)
    canvas.box(20, 60, 50, 80, 1)


def _pipe(canvas: _Canvas) -> None:
    """Draw a water pipe that drips into a puddle."""
    canvas.box(0, 0, WIDTH, 190, 3)
    canvas.box(0, 60, 210, 26, 2)
    canvas.box(184, 60, 26, 60, 2)
    canvas.box(178, 114, 38, 12, 2)
    for top in (136, 160, 182):
        canvas.oval(197, top, 5, 8, 4)
    canvas.oval(190, 212, 110, 18, 4)


def _bench(canvas: _Canvas) -> None:
    """Draw a bench in the green that has lost a leg."""
    canvas.box(0, 0, WIDTH, 150, 7)
    canvas.box(0, 150, WIDTH, 90, 6)
    canvas.oval(270, 40, 22, 22, 9)
    canvas.box(60, 90, 200, 12, 5)
    canvas.box(60, 110, 200, 12, 5)
    canvas.box(50, 140, 220, 16, 5)
    canvas.box(70, 90, 10, 110, 8)
    canvas.box(240, 90, 10, 66, 8)
    canvas.box(225, 204, 50, 10, 8)


_DRAWN: Mapping[str, tuple[int, Callable[[_Canvas], None]]] = MappingProxyType(
    {"lamp": (0, _lamp), "pipe": (8, _pipe), "bench": (7, _bench)}
)


@cache
def picture(key: str) -> bytes:
    """Give a sample picture as a PNG file.

    Raises:
        KeyError: there is none of that name.
    """
    background, draw = _DRAWN[key]
    canvas = _Canvas(background)
    draw(canvas)
    return canvas.png()
