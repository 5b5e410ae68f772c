"""What becomes of every text about a person who is erased (T123). A test refuses a new column nobody has decided on.

Figures stay as they are: numbers, days, statuses, scores and who served. The apps above are named here as text.
"""

# A text that was there leaves a dash: that something was said counts, what was said does not.
DASH = "–"
# What is looked up or dialled leaves nothing.
NOTHING = ""

ERASED = {
    "customers.Customer": {
        NOTHING: ("gender", "phone", "name_key", "phone_tail", "address", "birthday", "lunar_birthday", "custom", "source", "external_id", "confirmed_at"),
        DASH: ("notes",),
    },
    "customers.Consent": {DASH: ("source", "reason", "evidence")},
    "customers.RightsRequest": {DASH: ("asked_by", "identity", "reason")},
    "customers.Vehicle": {NOTHING: ("custom", "vin", "vin_tail", "right_vin", "right_plate", "plate", "engine_number", "source", "external_id")},
    "customers.MileageReading": {DASH: ("corrects",)},
    "visits.Visit": {
        NOTHING: ("custom", "inquiry", "sender_phone", "link_hash"),
        DASH: ("comeback_explanation", "halt_reason", "sender_name", "accessories", "symptom", "work", "notes"),
    },
    "visits.Appointment": {DASH: ("request",)},
    "visits.Delivery": {NOTHING: ("temporary_plate",), DASH: ("notes",)},
    "visits.Promise": {DASH: ("text", "reason")},
    "visits.AdvisedWork": {DASH: ("text", "reason")},
    "visits.CeremonyCheck": {NOTHING: ("photo",), DASH: ("note",)},
    "visits.Agreement": {NOTHING: ("text",), DASH: ("agreed_by",)},
    "visits.GuaranteeRepair": {DASH: ("fault", "part", "excluded_for")},
    "visits.QualityCheck": {DASH: ("findings",)},
    "messaging.Message": {NOTHING: ("phone", "parameters", "provider_ref"), DASH: ("body", "answer")},
    "messaging.Receipt": {DASH: ("answer",)},
    "messaging.Reply": {NOTHING: ("phone",), DASH: ("body",)},
    "surveys.Response": {DASH: ("remark", "void_reason")},
    "surveys.Answer": {DASH: ("text",)},
    "followups.FollowUp": {NOTHING: ("draft",)},
    "followups.Attempt": {NOTHING: ("phone_tail", "call_ref"), DASH: ("note",)},
    "followups.SampleRow": {DASH: ("car_use", "note")},
    "complaints.Complaint": {DASH: ("exception_reason", "words", "wish")},
    "complaints.Round": {NOTHING: ("evidence",), DASH: ("cause", "measure", "verification_note")},
    "leads.Lead": {NOTHING: ("name_key", "phone"), DASH: ("name", "notes", "lost_reason")},
    "gatherings.Guest": {DASH: ("remark",)},
    "leads.LeadContact": {DASH: ("note",)},
    "leads.TestDrive": {DASH: ("summary",)},
}

# Rows that say nothing without the person.
REMOVED = {"customers.ContactPerson", "customers.Phone", "customers.PastPlate", "visits.VisitPhoto"}

# Texts that stay, and why.
KEPT = {
    "customers.Customer.name": "becomes the number of the record, its pseudonym",
    "customers.Customer.restricted_for": "codes",
    "customers.Consent.wording_version": "number of a text",
    "customers.RightsRequest.due_steps": "how a deadline was counted",
    "customers.RightsRequest.holds": "codes and days",
    "customers.Vehicle.brand": "one of many cars",
    "customers.Vehicle.model": "one of many cars",
    "visits.Visit.bay": "place in the workshop",
    "visits.Visit.number": "number of an order, joined to nobody any more",
    "visits.Visit.advisor_name": "staff",
    "visits.Visit.technician": "staff",
    "visits.Visit.source": "name of a system",
    "visits.Visit.external_id": "number of an order, joined to nobody any more",
    "visits.Delivery.salesperson_name": "staff",
    "visits.Delivery.source": "name of a system",
    "visits.Delivery.external_id": "number of a delivery, joined to nobody any more",
    "visits.Guarantee.headline": "code",
    "visits.OrderItem.code": "what was done, as on the price list",
    "visits.OrderItem.name": "what was done, as on the price list",
    "messaging.Message.key": "codes and ids",
    "messaging.Message.channel": "name of a channel",
    "messaging.Receipt.channel": "name of a channel",
    "messaging.Receipt.provider_ref": "number of the provider, so that one report told twice is one",
    "messaging.Reply.external_id": "number of the provider, so that one reply delivered twice is one",
    "followups.FollowUp.source_kind": "code",
    "followups.SampleRow.model": "one of many cars",
    "followups.FollowUp.due_steps": "how a deadline was counted",
    "complaints.Complaint.number": "number of a slip",
    "complaints.Round.due_steps": "how a deadline was counted",
    "leads.Lead.wanted": "model of a car",
    "leads.TestDrive.car": "car of the store",
    "leads.TestDrive.route": "route of the store",
}

# Copies that are no rows of the person, and who deletes them.
COPIES = {
    "search keys": "name_key and phone_tail of the record",
    "events": "customers.rights.traces: codes, numbers and days stay, texts go",
    "notifications, operators' log": "customers.rights.traces",
    "images of merges, suspected duplicates, links to other stores": "customers.rights.traces",
    "receipts of the simulator, replies nobody could match, opt-outs": "messaging.receivers",
    "import traces, reports, rejected rows, originals, files of exports": "transfers.receivers",
    "cache": "holds counters by id only",
    "logs": "tasks carry ids only",
    "backups": "customers.ledger, replayed by manage.py replay_erasures",
}

# Particulars of events that are codes, numbers of papers or names of staff and texts of ours, by their name.
CODES = {
    "amount", "bay", "cause", "channel", "exemption", "field", "fields", "holds", "kind", "level", "limit", "list", "meaning", "mood", "name_en", "name_zh",
    "number", "original_number", "outcome", "part", "purpose", "questionnaire", "relation", "salesperson", "side", "stage", "status", "technicians", "template",
}  # fmt: skip
# Events whose reason is a code.
CODED_REASONS = ("message.", "vehicle.", "customer.revealed", "complaint.refused")
