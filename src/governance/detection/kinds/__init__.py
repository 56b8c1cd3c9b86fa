"""The detectors: one file per family of values, with its labels and its rules against look-alikes."""
