"""Bodies of the questions that stand alone."""

from datetime import datetime

from service.usecases.single_questions import NearestRecord, SingleQuestion, SingleQuestions
from service.web.api.schemas import AnswerBody, ListAnswer
from service.web.api.schemas_gaps import TicketLineAnswer


class NearestAnswer(AnswerBody):
    """The likeliest record now. `answers`: more likely than not it answers the question; `why` it does not apply."""

    id: str
    title: str
    probability: float
    answers: bool
    applies: bool
    why: str

    @classmethod
    def of(cls, nearest: NearestRecord) -> "NearestAnswer":
        return cls(**nearest.model_dump())


class SingleQuestionAnswer(AnswerBody):
    """A ticket or a search of the newest report that forms no group. `text`: the customer's words, redacted."""

    id: str
    at: datetime
    product_area: str | None
    ticket: TicketLineAnswer | None
    text: str
    nearest: NearestAnswer | None

    @classmethod
    def of(cls, question: SingleQuestion) -> "SingleQuestionAnswer":
        return cls(
            **question.model_dump(exclude={"ticket", "nearest"}),
            ticket=TicketLineAnswer.of(question.ticket) if question.ticket else None,
            nearest=NearestAnswer.of(question.nearest) if question.nearest else None,
        )


class SingleQuestionsAnswer(ListAnswer[SingleQuestionAnswer]):
    """A page of them, newest first. `compared` is false where the index is out of reach and no record is named."""

    report: str
    single: int
    matching: int
    compared: bool

    @classmethod
    def of_page(cls, found: SingleQuestions) -> "SingleQuestionsAnswer":
        return cls(
            items=tuple(SingleQuestionAnswer.of(one) for one in found.items),
            next_cursor=found.next_cursor,
            report=found.report,
            single=found.asked,
            matching=found.matching,
            compared=found.compared,
        )
