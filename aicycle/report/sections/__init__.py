"""The report's sections: what each says about a view, as tables, charts and sentences.

Here: one module per section, each a pure function of a `ReportView`. Not here: HTML (`aicycle/report/templates`).
"""
