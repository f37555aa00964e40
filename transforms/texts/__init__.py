"""From the bytes of one document to its text: decoding, the article in a page, title, language, publication. Pure.

Here: what a fetched or given document is before anybody reads what it says. Not here: fetching (`aicycle.sources`),
rows (`transforms.staging`), what a text announces (`transforms.announcements`).
"""
