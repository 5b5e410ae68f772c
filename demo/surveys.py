"""What customers answer, scored by the same rules as a real call."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from accounts.models import User
from demo import words
from surveys.models import Answer, FactorScore, Question, Questionnaire, Response
from surveys.scoring import Rating, Scale, Score, factor_points, rounded, share_answered, weighted_mean

Mood = Response.Mood
# Points of 10 by which a question lies above or below the others: the weak items of the house, and its strong ones.
LEANINGS = {
    "promised-time": -0.25, "clean-car": -0.6, "appointment": -0.35, "fair-charge": -0.3, "care-after": -0.15, "facility": 0.15, "courtesy": 0.2,
    "contact-after": -0.6, "price": -0.45, "online-reply": -0.3, "delivery-time": -0.25, "bargaining": -0.2, "sales-courtesy": 0.2, "greeting": 0.15,
    "mot-clean-car": -0.5, "mot-on-time": -0.25, "mot-reception": 0.2,
}  # fmt: skip
# Share of customers to whom a question, or a whole factor, does not apply.
NOT_APPLICABLE = {"appointment": 0.45, "online": 0.3, "test-drive": 0.25, "pre-visit": 0.1, "mot-follow-up": 0.1}
PUNCTUALITY = ("promised-time", "mot-on-time")
AVERAGE = {Mood.SATISFIED: 9.55, Mood.NEUTRAL: 7.6, Mood.COMPLAINING: 7.4}
BOUNDS = {Mood.SATISFIED: (7, 10), Mood.NEUTRAL: (6, 9), Mood.COMPLAINING: (4, 9)}
OVERALL = {Mood.SATISFIED: [8, 9, 9, 10, 10, 10], Mood.NEUTRAL: [6, 7, 7], Mood.COMPLAINING: [3, 4, 5, 5, 6]}
SPREAD = 0.75
LATE_COSTS = 1.1
YEARLY_GAIN = 0.05
BROKEN_OFF = 0.015
COMPLAINING, NEUTRAL = 0.016, 0.02
REMARKS = 0.16


@dataclass(frozen=True)
class Talk:
    """Who asked whom about whose service, and when."""

    employee: User
    served_on: date
    at: datetime
    by: User
    mode: str = Response.Mode.PHONE
    remark: str = ""


@dataclass(frozen=True)
class Feelings:
    """How a customer feels about one visit or delivery."""

    mood: str
    leaning: float
    is_late: bool = False


class Scorer:
    """Scores as ``surveys.scoring.score`` does, but computes each combination of ratings in a factor once: customers repeat themselves."""

    def __init__(self, questionnaire):
        self.scale = Scale(questionnaire.scale, questionnaire.lowest, questionnaire.highest)
        self.completeness = Fraction(questionnaire.completeness)
        self.weights = {factor: factor.weight for factor in questionnaire.factors.all()}
        self.points, self.shares = {}, {}

    def score(self, answers):
        values = {factor: [] for factor in self.weights}
        for question, answer in answers.items():
            if question.is_scored:
                values[question.factor].append((answer, question.weight))
        factors = {factor: self.of_factor(factor, tuple(given)) for factor, given in values.items()}
        factors = {factor: points for factor, points in factors.items() if points is not None}
        share = self.share_of(tuple(factors))
        points = weighted_mean((points, self.weights[factor]) for factor, points in factors.items())
        return Score(points, factors, share, bool(factors) and share >= self.completeness)

    def of_factor(self, factor, given):
        if (factor, given) not in self.points:
            self.points[factor, given] = factor_points([Rating(factor, answer, weight) for answer, weight in given], self.scale)
        return self.points[factor, given]

    def share_of(self, factors):
        if factors not in self.shares:
            self.shares[factors] = share_answered(factors, self.weights)
        return self.shares[factors]


class Interviews:
    """The questionnaires in use, read once, and the answers of all customers."""

    def __init__(self, world):
        self.world, self.rng = world, world.random("surveys")
        self.questionnaires = {each.code: each for each in Questionnaire.objects.in_use().prefetch_related("factors").order_by("version")}
        # The low questions of each complaining response, the lowest first.
        self.low = {}
        self.scorers = {code: Scorer(questionnaire) for code, questionnaire in self.questionnaires.items()}

    def feelings(self, branch, employee, day, *, is_late=False, is_trouble=False):
        """Draw how a customer feels; weak advisers, late cars and comebacks make more complaints."""
        rating = branch.skills[employee.pk].rating + YEARLY_GAIN * (day - self.world.first_day).days / 365
        worse = (1 - 1.6 * rating) * (2.2 if is_late else 1) * (2.5 if is_trouble else 1)
        drawn = self.rng.random()
        mood = Mood.COMPLAINING if drawn < COMPLAINING * worse else Mood.NEUTRAL if drawn < (COMPLAINING + NEUTRAL) * worse else Mood.SATISFIED
        return Feelings(mood, rating + self.rng.gauss(0, 0.2), is_late)

    def respond(self, code, source, feelings, talk):
        """Enter a response about ``source``, a visit or a delivery, with its answers and scores."""
        questionnaire = self.questionnaires[code]
        answers = {question: self.answer(question, feelings) for question in questionnaire.question_list}
        if feelings.mood == Mood.COMPLAINING:
            self.make_complaining(answers)
        if self.rng.random() < BROKEN_OFF:
            break_off(questionnaire, answers)
        return self.submit(questionnaire, source, answers, talk)

    def verify(self, complaint, is_satisfied, talk):
        """Enter the answers of the call that checks a complaint."""
        questionnaire = self.questionnaires["verification"]
        said = self.rng.choice(words.SATISFIED_WORDS if is_satisfied else words.UNSATISFIED_WORDS)
        given = {"satisfied": int(is_satisfied), "words": said}
        answers = {question: given.get(question.code) for question in questionnaire.question_list}
        return self.submit(questionnaire, complaint.visit or complaint.delivery, answers, talk)

    def submit(self, questionnaire, source, answers, talk):
        score = self.scorers[questionnaire.code].score(answers)
        kind = type(source).__name__.lower()
        response = Response(
            store=source.store,
            questionnaire=questionnaire,
            customer=source.customer,
            vehicle=source.vehicle,
            employee=talk.employee,
            served_on=talk.served_on,
            submitted_at=talk.at,
            submitted_by=talk.by,
            mode=talk.mode,
            points=rounded(score.points, 4),
            answered_weight=rounded(score.answered_weight, 4),
            is_counted=score.is_counted,
            mood=questionnaire.mood(answers),
            remark=talk.remark,
            **{kind: source},
        )
        self.world.books.add(response)
        if response.mood == Mood.COMPLAINING:
            self.low[response.pk] = low_questions(questionnaire, answers)
        self.enter_answers(response, answers, score)
        points = None if response.points is None else str(response.points)
        self.world.books.note("response.submitted", response, talk.at, talk.by, questionnaire=questionnaire.code, mood=response.mood, points=points)
        return response

    def enter_answers(self, response, answers, score):
        enter = self.world.books.enter
        for question, answer in answers.items():
            is_text = isinstance(answer, str)
            enter(Answer, response.pk, question.pk, None if is_text else answer, answer if is_text else "")
        for factor, points in score.factors.items():
            enter(FactorScore, response.pk, factor.pk, rounded(points, 4))

    def answer(self, question, feelings):
        """Return one answer as a satisfied or neutral customer gives it; a complaining one is made so afterwards."""
        if question.kind == Question.Kind.TEXT:
            return self.text(question.code, feelings.mood)
        if question.kind == Question.Kind.YES_NO:
            return self.yes_or_no(question, feelings.mood)
        if question.is_overall:
            return self.rng.choice(OVERALL[feelings.mood])
        if self.rng.random() < NOT_APPLICABLE.get(question.code, 0):
            return None
        return self.rating(question.code, feelings)

    def rating(self, code, feelings):
        lowest, highest = BOUNDS[feelings.mood]
        mean = AVERAGE[feelings.mood] + feelings.leaning + LEANINGS.get(code, 0) - (LATE_COSTS if feelings.is_late and code in PUNCTUALITY else 0)
        return min(max(round(self.rng.gauss(mean, SPREAD)), lowest), highest)

    def yes_or_no(self, question, mood):
        if question.grievance_value is None:
            return int(self.rng.random() < (0.7 if mood == Mood.SATISFIED else 0.3))
        is_grievance = mood == Mood.COMPLAINING and self.rng.random() < 0.6
        return question.grievance_value if is_grievance else 1 - question.grievance_value

    def text(self, code, mood):
        """Return the words to one open question, often none."""
        topics = {"car": words.CAR_FEELINGS, "shop": words.SHOP_FEELINGS, "staff": words.STAFF_FEELINGS, "plating": words.PLATINGS}
        if code in topics:
            return self.rng.choice(topics[code])
        if mood != Mood.SATISFIED:
            return self.rng.choice(words.WISHES)
        return self.rng.choice(words.PRAISE + words.WISHES[:2]) if self.rng.random() < REMARKS else None

    def make_complaining(self, answers):
        """Lower the weakest of the rated items until the answers are those of a complaining customer."""
        rated = [question for question, answer in answers.items() if question.is_scored and answer is not None]
        rated.sort(key=lambda question: LEANINGS.get(question.code, 0) + self.rng.random())
        for question in rated[: self.rng.randint(1, 3)]:
            answers[question] = self.rng.choice([3, 4, 4, 5])


def low_questions(questionnaire, answers):
    """Return the rated questions a complaining customer marked down, the lowest first."""
    low = [question for question, answer in answers.items() if question.is_scored and answer is not None and answer <= questionnaire.complaining_to]
    return sorted(low, key=answers.get)


def break_off(questionnaire, answers):
    """Leave the second half of the factors unanswered: such a response does not count in the index."""
    factors = list(questionnaire.factors.all())
    lost = set(factors[1:])
    for question in answers:
        if question.factor in lost:
            answers[question] = None
