"""The words of the house: frozen values with the field's own names. Imports nothing of ours."""
