"""Names as people type them without switching the keyboard: by pinyin or by initials (UX9)."""

from functools import lru_cache

from pypinyin import lazy_pinyin

# Characters read otherwise as a family name than in most words.
FAMILY_NAMES = {
    "尉迟": "yu chi", "长孙": "zhang sun", "万俟": "mo qi", "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha",
    "朴": "piao", "翟": "zhai", "盖": "ge", "乐": "yue", "缪": "miao", "任": "ren", "华": "hua", "覃": "qin", "燕": "yan",
}  # fmt: skip
LONGEST = 200


@lru_cache(maxsize=20_000)
def pinyin_key(name: str) -> str:
    """Return "initials full", for 王示例 "wsl wangshili"; letters and digits stay, everything else is left out."""
    family = next((characters for characters in FAMILY_NAMES if name.startswith(characters)), "")
    syllables = [*FAMILY_NAMES.get(family, "").split(), *lazy_pinyin(name.removeprefix(family))]
    syllables = [cleaned for syllable in syllables if (cleaned := latin(syllable))]
    return f"{''.join(syllable[0] for syllable in syllables)} {''.join(syllables)}"[:LONGEST] if syllables else ""


def latin(text: str) -> str:
    """Return the ASCII letters and digits of the text in lower case."""
    return "".join(character for character in text.lower() if character.isascii() and character.isalnum())
