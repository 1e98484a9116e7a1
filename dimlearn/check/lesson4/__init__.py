"""Exercises of lesson 4, one module each."""
