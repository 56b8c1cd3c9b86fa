"""The detectors: one file a family of values, with its labels and its way of telling it from look-alikes."""
