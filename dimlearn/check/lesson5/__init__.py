"""Exercises of lesson 5, one module each."""
