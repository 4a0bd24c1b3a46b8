"""The inside of Precedent: values, rules, steps and model adapters. It knows no HTTP and no SQL."""
