"""Exercises of lesson 8, one module each."""
