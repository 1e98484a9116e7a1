"""Exercises of lesson 3, one module each."""
