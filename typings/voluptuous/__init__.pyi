# At run time Home Assistant aliases voluptuous to probatio.
from probatio import *
