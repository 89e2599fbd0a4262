"""What somebody scanned inside the conversation: a code of ours, words, or something else."""

HOME = "bind:"
"""Begins the scene of a code that binds a resident to the place whose code follows."""

_LINKS = ("http://", "https://", "weixin://", "wxp://")
_BARCODE = "barcode"


def is_home(scene: str) -> bool:
    """Say whether a scene names a place to be bound to."""
    return scene.startswith(HOME)


def are_words(scanned: str, scan_type: str) -> bool:
    """Say whether what was scanned can be read like a message that somebody typed.

    Links and the numbers of goods say nothing here; they are answered as codes that nobody knows.

    Args:
        scanned: the platform's ScanResult.
        scan_type: its ScanType, ``qrcode`` or ``barcode``.
    """
    if not scanned or is_home(scanned) or scan_type.lower() == _BARCODE:
        return False
    return not scanned.lower().startswith(_LINKS)
