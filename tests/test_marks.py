"""The marks by which tests are chosen."""


def test_what_is_weekly_is_slow(request):
    """So the short command, which leaves out what is slow, leaves it out too."""
    for item in request.session.items:
        assert not item.get_closest_marker("weekly") or item.get_closest_marker("slow"), item
