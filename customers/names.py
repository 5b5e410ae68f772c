"""Names as people type them without switching the keyboard: by pinyin or by initials (UX9)."""

from functools import lru_cache

from pypinyin import lazy_pinyin, load_phrases_dict

# Characters read otherwise as a family name than in most words.
FAMILY_NAMES = {
    "尉迟": "yu chi", "长孙": "zhang sun", "万俟": "mo qi", "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha",
    "朴": "piao", "翟": "zhai", "盖": "ge", "乐": "yue", "缪": "miao", "任": "ren", "华": "hua", "覃": "qin", "燕": "yan",
}  # fmt: skip
# Words of company names in which a character is read otherwise than alone; the settings leave pypinyin's own dictionary out.
WORDS = {
    "重庆": "chong qing", "长春": "chang chun", "长沙": "chang sha", "长安": "chang an", "长城": "chang cheng", "长江": "chang jiang", "长兴": "chang xing",
    "厦门": "xia men", "成都": "cheng du", "都市": "du shi", "西藏": "xi zang", "六安": "lu an", "台州": "tai zhou", "乐清": "yue qing", "音乐": "yin yue",
    "朝阳": "chao yang", "银行": "yin hang", "车行": "che hang", "商行": "shang hang", "重型": "zhong xing", "会计": "kuai ji", "调度": "diao du",
}  # fmt: skip
LONGEST = 200
load_phrases_dict({word: [[syllable] for syllable in pinyin.split()] for word, pinyin in WORDS.items()})


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
