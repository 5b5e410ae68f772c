"""The follow-up plans the product ships (domain rules 3.1, 3.2; S2-08, S3-32, S4-02 to S4-04, S4-26)."""

from datetime import date

from accounts.roles import Role
from followups.models import EvidenceRule, Plan
from stores.calendar import Unit
from surveys.models import Side

OPENING_EN = """Good day, this is {shop}, my name is {name}. Am I speaking with {customer}? (Wrong person: apologise, end the call, choose “Wrong number”.)
Is it convenient for you now? It takes about two minutes. (Not convenient: ask for a time, choose “Call back later”.)
For the quality of our service this call is recorded; tell me if you do not want that."""
OPENING_ZH = """您好，这里是{shop}，我是{name}。请问是{customer}吗？（不是本人：致歉并结束通话，选“号码错误”。）
您现在方便吗？大约占用两分钟。（不方便：请客户说个时间，选“稍后再打”。）
为保证服务质量，本次通话会录音；如果您不同意，请告诉我。"""
CLOSING_EN = """Do you have a wish or a suggestion for us? (Write it down in the customer's own words.)
If something was wrong: apologise, say who will take care of it and by when, raise the complaint.
Thank you for your time; we look forward to seeing you."""
CLOSING_ZH = """您对我们还有什么要求或建议？（按客户原话记录。）
如有不满：先致歉，说明由谁、何时处理，并登记投诉单。
感谢您的宝贵时间，欢迎您再来。"""

SERVICE_EN = """Your car was with us recently. Did we do everything as agreed?
Go through the questions below. Lead the talk, do not read the form out. Ask for the reason of every rating of 5 or less.
Before closing: how satisfied are you altogether, from 1 to 10, and what keeps it from being a 10?"""
SERVICE_ZH = """您的爱车前几天在我们店做过保养或维修，一切都按约定办好了吗？
按下面的问题逐项交流，像聊天一样引导，不要照着念。凡是5分及以下，都要问清原因。
结束前请客户给一个总体评分（1到10分），再问一句：差在哪里没有给到10分？"""
FIRST_CALL_EN = """Thank you for choosing our shop for your new car.
1. How do you feel about the car? Is there anything about it you have not understood yet?
2. How do you feel about our shop and the people who looked after you?
3. What could they do better?
4. If there is anything you are unhappy with, we take care of it right away.
5. How far is the number plate? Can we help? (The number is often not issued yet; that is fine.)"""
FIRST_CALL_ZH = """感谢您在我们店选购新车。
一、新车开着感觉怎么样？有没有还不明白的功能？
二、您对我们店和接待您的同事印象如何？
三、他们的工作还有哪些可以改进？
四、如有不满意的地方，我们马上处理。
五、上牌办到哪一步了？需要我们帮忙吗？（此时尚未上牌属正常情况。）"""
SECOND_CALL_EN = """You have had your car for a week.
1. How does it drive, is there anything you would like explained again?
2. Reminder: the first service is due after two months or 2,000 km, whichever comes first (check the brand's own figure).
   Do you know where we are and what the warranty covers?
3. Is the number plate on the car? Can we help?
4. Write every grievance down truthfully and solve it; what you cannot solve goes to your manager, and the customer gets an answer."""
SECOND_CALL_ZH = """您提车已经一周了。
一、车开得顺手吗？有没有需要再讲解一遍的地方？
二、首保提醒：两个月或2000公里，以先到者为准（以品牌规定为准）。维修地址和质保范围您都清楚吗？
三、牌照上好了吗？需要我们协助吗？
四、客户的抱怨要如实记录并解决；解决不了的上报经理，并给客户回音。"""
VERIFICATION_EN = """You told us about a problem. The department has answered; here is what was done. (Read the answer out.)
Has the matter been settled to your satisfaction?
If not: write down in the customer's own words what is still missing. The slip goes back to the department by itself."""
VERIFICATION_ZH = """您之前向我们反映过一个问题，责任部门已经处理，处理情况如下。（向客户说明处理结果。）
这个结果您满意吗？
如不满意：按客户原话记下还差什么，抱怨单会自动再次下发给责任部门。"""
SILENCE_EN = """We have not spoken for a while and would like to know how you and your car are doing.
Ask how the car is used, whether the next service is due, whether anything is bothering the customer. Offer help, sell nothing.
Write down what you hear in the customer's own words; note a wish as a promise."""
SILENCE_ZH = """好久没和您联系了，想了解一下您和爱车最近怎么样。
聊聊用车情况、下次保养时间、有没有困扰的问题；以关心和帮忙为主，不推销。
按客户原话记录；客户提出的要求请登记为承诺。"""
NO_SHOW_EN = """You had an appointment with us today and could not make it. I hope everything is all right?
Never reproach. Ask what came between; offer the next free times; book the new appointment while you talk.
If the customer has been elsewhere: ask why, write it down in the customer's own words."""
NO_SHOW_ZH = """您今天在我们店有预约，还没有见到您，一切都顺利吧？
不要责怪客户。问清原因，推荐最近的空档，在通话中直接改约。
如客户已去别处保养维修：问清原因，按客户原话记录。"""
KEY_ACCOUNT_EN = """How are your cars, and how are your drivers? (Ask for each car that was with us since the last call.)
Which cars are due for maintenance or inspection in the next weeks? Book them together while you talk.
Is there anything we can do on site: check, washing, training of the drivers? Agree the day of the next visit."""
KEY_ACCOUNT_ZH = """贵单位的车辆最近使用情况怎么样，驾驶员有什么反映？（上次联系后进过店的车逐台询问。）
接下来几周有哪些车到保养或年检时间？在通话中一并预约。
有没有需要我们上门做的：检查、清洗、驾驶员培训？约好下次上门的日期。"""
LETTER_EN = """Write to thank the buyer by name, wish a good journey, name the contact in the shop and the date of the first service.
Send it within 24 hours of the delivery, then press “Sent”."""
LETTER_ZH = """以客户姓名称呼，感谢购车，祝用车愉快，写明店内联系人和首保时间。
交车后24小时内发出，然后点“已发出”。"""

# Ours (D) unless a source is named: people check what the numbers point at, they prove nothing.
EVIDENCE_EN = """Default values of the product, to be adjusted to the store's telephone.
Pace: dialling, four rings and a line about them take a good 25 seconds, so four calls a minute cannot have been made.
Length: one ring takes five seconds (one of tone, four of pause); a refusal needs greeting and answer; the script of an interview takes about two minutes.
Notes: 85% is the mark of Kuriakose and Robbins for duplicated interviews (Statistical Journal of the IAOS, 2016).
Pew Research (2016) shows that honest answers may pass it, hence several customers and no short notes.
Series: with every second customer reached, twelve misses in a row happen once in some four thousand."""
EVIDENCE_ZH = """产品默认值，请按门店电话的实际情况调整。
节奏：拨号、响铃四声再写一行记录至少要25秒，一分钟内不可能打四个电话。
时长：响铃一声5秒（响1秒、停4秒）；拒访也要有问候和回答；完整回访话术约两分钟。
备注：85%是Kuriakose与Robbins识别重复问卷的界限（Statistical Journal of the IAOS，2016）。
Pew Research（2016）指出真实回答也可能超过它，所以要涉及多名客户，且不看短备注。
连续未接通：接通率为一半时，连续12次打不通约四千次才有一次。"""


def scripted(english, chinese):
    return {"script_en": f"{OPENING_EN}\n\n{english}\n\n{CLOSING_EN}", "script_zh": f"{OPENING_ZH}\n\n{chinese}\n\n{CLOSING_ZH}"}


DELIVERY = {"trigger": Plan.Trigger.DELIVERY, "side": Side.SALES}
# Weekly by phone, monthly on site (S4-26); the days are the distance from one contact to the next.
KEY_ACCOUNT = {"trigger": Plan.Trigger.KEY_ACCOUNT, "side": Side.AFTER_SALES, "unit": Unit.CALENDAR_DAYS, "role": Role.CARE_AGENT, "priority": 5}
PLANS = {
    "thank-you-letter": DELIVERY
    | {"name_en": "Thank-you letter", "name_zh": "交车感谢信", "kind": Plan.Kind.LETTER, "offset": 24, "unit": Unit.CLOCK_HOURS, "role": Role.SALESPERSON}
    | {"to_salesperson": True, "priority": 6, "script_en": LETTER_EN, "script_zh": LETTER_ZH},
    "delivery-24h": DELIVERY
    | {"name_en": "First call, 24 hours after delivery", "name_zh": "交车24小时回访", "offset": 24, "unit": Unit.CLOCK_HOURS, "role": Role.SALES_MANAGER}
    | {"questionnaire_code": "delivery-24h", "priority": 3}
    | scripted(FIRST_CALL_EN, FIRST_CALL_ZH),
    "delivery-7d": DELIVERY
    | {"name_en": "Second call, 7 days after delivery", "name_zh": "交车7天回访", "offset": 7, "unit": Unit.CALENDAR_DAYS, "role": Role.SALESPERSON}
    | {"to_salesperson": True, "questionnaire_code": "css-7f", "priority": 4}
    | scripted(SECOND_CALL_EN, SECOND_CALL_ZH),
    "service-3wd": {"name_en": "Call 3 working days after service", "name_zh": "维修后3日回访", "trigger": Plan.Trigger.HAND_OVER, "side": Side.AFTER_SALES}
    | {"offset": 3, "unit": Unit.WORKING_DAYS, "role": Role.CARE_AGENT, "questionnaire_code": "csi-5f"}
    | scripted(SERVICE_EN, SERVICE_ZH),
    "no-show": {"name_en": "Call to a customer who did not come", "name_zh": "预约未到回访", "trigger": Plan.Trigger.NO_SHOW, "side": Side.AFTER_SALES}
    | {"offset": 2, "unit": Unit.BUSINESS_HOURS, "role": Role.CARE_AGENT, "priority": 2}
    | scripted(NO_SHOW_EN, NO_SHOW_ZH),
    "key-account-call": KEY_ACCOUNT
    | {"name_en": "Weekly call to a key account", "name_zh": "大客户每周回访", "offset": 7}
    | scripted(KEY_ACCOUNT_EN, KEY_ACCOUNT_ZH),
    "key-account-visit": KEY_ACCOUNT
    | {"name_en": "Monthly visit to a key account", "name_zh": "大客户每月上门服务", "kind": Plan.Kind.VISIT, "offset": 30, "priority": 6},
    "two-monthly-contact": {"name_en": "Contact after two months of silence", "name_zh": "两个月未联系客户关怀", "trigger": Plan.Trigger.LAST_CONTACT}
    | {"side": Side.AFTER_SALES, "offset": 60, "unit": Unit.CALENDAR_DAYS, "role": Role.CARE_AGENT, "priority": 7, "most_per_day": 5}
    | scripted(SILENCE_EN, SILENCE_ZH),
    "complaint-verification": {"name_en": "Verification of a complaint", "name_zh": "投诉处理回访验证", "trigger": Plan.Trigger.COMPLAINT_ANSWERED}
    | {"side": Side.AFTER_SALES, "offset": 1, "unit": Unit.WORKING_DAYS, "role": Role.CARE_AGENT, "questionnaire_code": "verification", "priority": 1}
    | scripted(VERIFICATION_EN, VERIFICATION_ZH),
}


def load():
    """Create the plans and the rule that are missing; what somebody has edited stays as it is."""
    for code, fields in PLANS.items():
        Plan.objects.get_or_create(code=code, defaults={"valid_from": date(2020, 1, 1), **fields})
    if not EvidenceRule.objects.exists():
        EvidenceRule.objects.create(valid_from=date(2020, 1, 1), source_en=EVIDENCE_EN, source_zh=EVIDENCE_ZH)
