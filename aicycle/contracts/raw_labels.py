"""Contract of `raw.labels`: what annotators said about documents. Used to evaluate, never to compute."""

from aicycle.contracts.core import LEDGER
from aicycle.contracts.schema import TableContract, text

RAW_LABELS = TableContract(
    schema="raw",
    name="labels",
    grain="one line of a label file: a document's labels, or a group of documents",
    time="labels have no time of their own; they are not facts about the world and no output reads them",
    key=("label_set", "label_id"),
    columns=(
        text("label_set", "the file it comes from", domain=("gold", "gold_headlines", "clusters")),
        text("label_id", "document or cluster it is about"),
        text("content", "the line, as JSON"),
        *LEDGER,
    ),
)
