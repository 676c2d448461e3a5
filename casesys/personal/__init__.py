"""Personal data at their end: erased with a certificate, swept out, due, and sealed anew."""
