//! The papers of a day in the field, as PDF.
