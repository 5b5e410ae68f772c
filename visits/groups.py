"""What a job or a trouble is about, read from the words of a repair order; two orders of one group look like one trouble (VI3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OperationGroup(models.TextChoices):
    """The assembly that is worked on."""

    ENGINE = "engine", _("Engine")
    GEARBOX = "gearbox", _("Gearbox and clutch")
    BRAKES = "brakes", _("Brakes")
    STEERING = "steering", _("Steering")
    CHASSIS = "chassis", _("Suspension and chassis")
    TYRES = "tyres", _("Tyres and wheels")
    CLIMATE = "climate", _("Air conditioning")
    COOLING = "cooling", _("Cooling")
    POWER = "power", _("Battery and charging")
    ELECTRONICS = "electronics", _("Electronics")
    BODY = "body", _("Body and paint")
    MAINTENANCE = "maintenance", _("Maintenance")
    OTHER = "other", _("Other")


# These say nothing about a trouble that has come back.
NEUTRAL = {OperationGroup.MAINTENANCE, OperationGroup.OTHER}
GROUP_WORDS = {
    OperationGroup.ENGINE: [
        "发动机",
        "节气门",
        "喷油",
        "火花塞",
        "点火线圈",
        "怠速",
        "加速无力",
        "熄火",
        "机油灯",
        "烧机油",
        "漏油",
        "engine",
        "idle",
        "misfire",
        "throttle",
    ],
    OperationGroup.GEARBOX: ["变速", "离合器", "挂挡", "换挡", "顿挫", "gearbox", "clutch", "transmission"],
    OperationGroup.BRAKES: ["制动", "刹车", "brake"],
    OperationGroup.STEERING: ["方向机", "转向", "打方向", "方向盘", "跑偏", "steering"],
    OperationGroup.CHASSIS: ["减振", "减震", "底盘", "悬挂", "悬架", "摆臂", "过减速带", "suspension", "shock"],
    OperationGroup.TYRES: ["轮胎", "补胎", "轮毂", "动平衡", "胎压", "tyre", "tire", "wheel"],
    OperationGroup.CLIMATE: ["空调", "制冷", "冷凝器", "暖风", "出风口", "air-conditioning", "climate"],
    OperationGroup.COOLING: ["水泵", "冷却", "水温", "散热器", "水箱", "开锅", "coolant", "radiator", "overheat"],
    OperationGroup.POWER: ["蓄电池", "电瓶", "打不着火", "亏电", "充电", "续航", "发电机", "battery", "charging", "alternator"],
    OperationGroup.ELECTRONICS: ["车机", "中控", "黑屏", "线束", "导航", "传感器", "雷达", "摄像头", "故障灯", "screen", "sensor", "warning-light"],
    OperationGroup.BODY: ["钣金", "喷漆", "门锁", "锁块", "锁不上", "车门", "玻璃", "天窗", "漏水", "密封条", "bumper", "paint", "door"],
}
SYMPTOM_WORDS = {
    "noise": ["异响", "响声", "吱吱", "咯噔", "嗡嗡", "噪音", "noise", "squeak", "rattle"],
    "shake": ["抖动", "振动", "发抖", "shake", "vibration"],
    "leak": ["漏油", "漏水", "渗油", "水迹", "leak"],
    "start": ["打不着火", "启动不了", "无法启动", "熄火", "no-start", "stalls"],
    "light": ["故障灯", "报警灯", "警告灯", "warning-light"],
    "smell": ["异味", "焦味", "smell"],
    "power": ["加速无力", "动力不足", "lacks-power"],
}


def groups_in(text):
    """Return the operation groups the words of ``text`` speak of."""
    return found(GROUP_WORDS, text)


def symptoms_in(text):
    return found(SYMPTOM_WORDS, text)


def found(words, text):
    lowered = text.lower()
    return {code for code, known in words.items() if any(word.replace("-", " ") in lowered for word in known)}
