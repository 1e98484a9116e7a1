"""Exercises of lesson 9, one module each."""
