"""The dated proof that a tenant reported something: on the screen, to download, and with the mail."""

from .attached import PROOF, STEPS, papers, proof_pdf, steps_of, steps_pdf
from .content import Proof, proof_of
from .document import add_proof, pdf_of
from .download import as_download
from .next_steps import Case, NextStep, Where, case_of, next_steps
from .own_document import add_letter, pdf_of_letters
from .own_letters import OwnLetter, letter_of
from .paper import FONT, LINE, Letter

__all__ = [
    "FONT", "LINE", "PROOF", "STEPS", "Case", "Letter", "NextStep", "OwnLetter", "Proof", "Where", "add_letter",
    "add_proof", "as_download", "case_of", "letter_of", "next_steps", "papers", "pdf_of", "pdf_of_letters", "proof_of",
    "proof_pdf", "steps_of", "steps_pdf",
]  # fmt: skip
