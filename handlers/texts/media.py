"""What is said about photos and voices, and about what cannot be read at all."""

from types import MappingProxyType

from handlers.messages import IncomingKind
from storage.vocabulary import MediaKind

RECEIVED = MappingProxyType({MediaKind.IMAGE: "照片收到了。", MediaKind.VOICE: "语音收到了。"})
PHOTO = "一张照片"
NOT_SENT = MappingProxyType(
    {
        MediaKind.IMAGE: "这张照片没有传过来，请再发一次，或用文字说说。",
        MediaKind.VOICE: "这段语音没有传过来，请再说一次，或用文字说说。",
    }
)
TOO_MANY = "今天已经收到您很多照片和语音，先用文字说吧，明天可以再发。"
ENOUGH = "这件事的照片和语音已经够多了，不用再发，接着说就行。"
WORDS_ONLY = "这一步请用文字回答，报事的时候再发照片和语音。"

VIDEO = "视频我还看不了。请发照片，或用文字说说是什么事、在哪里。"
LINK = "链接我还打不开。请用文字说说是什么事、在哪里，也可以发照片。"
FILE = "文件我还打不开。请发照片，或用文字说说是什么事、在哪里。"

TOO_LARGE = MappingProxyType(
    {
        MediaKind.IMAGE: "您发的照片太大，没能收下。发送时不选“原图”再发一次，或用文字说说。",
        MediaKind.VOICE: "您发的语音太长，没能收下。请分成几段说，或用文字说说。",
    }
)
UNKNOWN_FORMAT = MappingProxyType(
    {
        MediaKind.IMAGE: "您发的照片打不开，没能收下。请再拍一张发来，或用文字说说。",
        MediaKind.VOICE: "您发的语音打不开，没能收下。请再说一次，或用文字说说。",
    }
)
LOST = MappingProxyType(
    {
        MediaKind.IMAGE: "您发的照片没能取到。请再发一次，或用文字说说。",
        MediaKind.VOICE: "您发的语音没能取到。请再说一次，或用文字说说。",
    }
)

ENCLOSED_FIELD = "附上"


def unreadable(kind: IncomingKind) -> str:
    """Say what to send instead of a video, a link or a file."""
    if kind is IncomingKind.VIDEO:
        return VIDEO
    return LINK if kind is IncomingKind.LINK else FILE


def cannot_pass(kind: MediaKind, seconds: int) -> str:
    """Stand in for what a platform does not carry, so that its reader knows of it."""
    if kind is MediaKind.IMAGE:
        return "有一张照片，发不过去。"
    length = f"（{seconds} 秒）" if seconds else ""
    return f"有一段语音{length}，发不过去。"


def enclosed(images: int, voices: int) -> str:
    """Count what follows the words."""
    counted = [f"照片 {images} 张"] if images else []
    counted += [f"语音 {voices} 段"] if voices else []
    return "、".join(counted)
