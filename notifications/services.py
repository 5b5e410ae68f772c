from django.contrib.contenttypes.models import ContentType

from notifications.models import Notification


def notify(users, code, subject, **particulars):
    """Put one line into the bell of each person; the same fact about the same object is told once."""
    content_type = ContentType.objects.get_for_model(subject)
    Notification.objects.bulk_create(
        [Notification(user=user, code=code, subject_type=content_type, subject_id=subject.pk, particulars=particulars) for user in users],
        ignore_conflicts=True,
    )
