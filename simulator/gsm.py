"""GSM 06.10 frames of our own two tones, made once with sox: Python has no encoder.

0.64 s, 437.5 Hz and 587.5 Hz in turn, out of the midst of a longer piece, so that it can follow itself.
"""

from base64 import b64decode

FRAMES = b64decode(
    "0jT8raKtqC9IV1aUYCFlPW1LoagBJ6xp3RHwQWtaU1RV0jbsLaLcoOrKmrRl4MAwH/CFtdzAIG/IG/LdIDUthcuZ0jfsLaK5QE2jbskcuwA5"
    "G3JG298AKNtySOTdIEibsaUs0jbsLaLbIDTmpL+hbYAJq0VbI28gb1FX1lW5IHqLuqCu0jfsLaKTIERUlbSkl2AnbG5bG97AF3VqXRLdICds"
    "TlqT0jbsbaLbwEcbcbTub4BSVdWXLW1gEq+kqaOTIBU1ZctZ0jfsLaK5ID2iatkb4MBdEntUXt8AONqWSORvYDSmjakr0jbsLaK3ICTuhT3Y"
    "baA5rCXrGm9AbVB7RFWTIGrTmrKu0jfsLaLdIDSckabsuwA3JI25Y99gOSSNxxPfQEsaVsZT0jbsLaLboEkbcjSlbaBWVbo05W+gNOVtxtKT"
    "4DTTbclb0jfsLaKTQDujTltbuwBJI5ZG3d8AONuRuSTdAErTtiVt0jbsLaK3IDTuhL2gbcAroSZpE28gb5BX1lVtQHzJmrBm0jfsLaKTQEZc"
    "laTk3sAi7q07q9ygJTaJPaHdACUsacra0jbsLaKTIGsRezBnb8AyZ7CZq28gIK7IGaptQAN2ZM+Z0jfsLaJuoLujSlsalOBdCXbEXd6gWoq6"
    "sqbfQETtjKlz0jbsLaLbQDU2ZU2ZbcA9oipbEm1AX1AzZoxvoEbkcccc0rncKaKFqWD9StadWiF8m5GpWqxg+NOwrZHiQTsStSmZ0rjsKaKJ"
    "QE0KuYlhosC7UpoXqr8AF7E3IzRT4DjTkjci0rjsKaJTgCtbkbckiUAVqlNCtokgMzwq1GbbQCM0KtRu0rjsKaLboDbkbkalU+A3JJJHHVNg"
    "QvUm5hXbgDcbback0rjsKaJtIGyM8D2R2wBew9UrmdsgTMzQm9i/QE8K1RnY0rjsKaKJQE0LuQnhwWBsy/CdmG8guVqWFWtTYC9RvhWy0rjs"
    "KaKlIBfpM7L2U+A5G5W3K1OgOWNuRyNvICNzCuYm0rjsKaK/IESuRepV26ApI5JG3IngWJyNyNtTAFhVyL1S0rjsKaLbAFqM0K2Rv4ApY3I3"
    "M22gKVp6JbNTYGpV7L1S0rjsKaKlQE0L1RmZvyAboVqTc6XAOtOxKVpTgDlbkjkj0rjsKaJToCkbjbUkUwAjNC9kZ9ugJuNxxyNTYCVqL0Ku"
    "0rjsKaK/IFRuZdpW20BC/kZ4VlMgZB6FbIRtwFhMsSta0rjsKaKJAFyM1Kua2wBew9UboVOgVuSRSNxtgCdqUrSl0rjsKaK/oBUjcsbcv6A3"
    "Iy5E5FPANtyxuRtTgGljkbcc0rjsKaKloFtakbdj26A245XHHFOgKRtuNONToDljcbkk0rjsKaK/4EacjckTpYAm7G7YnVOAJNxtyNxT4Dca"
    "Ujcl"
)
"""33 bytes of 160 samples each, as in a .gsm file."""

BLOCKS = b64decode(
    "CP3lGmU9SG+gupMII8Hiu4k1QwVBczmtpoJHwe0kuoqK2B2uUe4K3EV0p7DwBAbsZyC77gSE9BbSW24DJrbMWC/I3eEaxVWANreV5NgVYOQ2"
    "ktv2FkDcNpIc6TaA1FZOYonYHa5RbQOm0U12M7YBQHeKWnI3A/wq6ruoXANeZXUF1cjd4RqVNICKyG4SuXRAa7mx5fZOIKs7sabkNkBrqbGV"
    "htg9rlHtBThu46bVtwGaqO4ytjYHEvVNRHNJAyK6y9guyN3hGsU1YDY1teQGT6CmNLvK/BZg3MSSHHlzYBLNTWSH2B2uUVsDpNWM5g+2A0aX"
    "yVxONwXsCrOpqEkD3Gl0F9XI3eEa5TZg0khOW9kVYCPJbSz3dmAkyY2j9laA5aSWi4bYHa5R7QNIbiMnsbYDuqg1p7G3A6ax27hJyQemadvI"
    "bsjd4RqVVGA1p7Ht1hWAJMeS2/oWYNxGbiTpFoCd1lJqi9gdrlFbA6bVTGYTtgVUMwlNajcDfAvqu6g2Be4ldIfQyN3hGpVUgMvIThr5TkBZ"
    "3Wl15y5Aok1pNuMWQGI5jd2E2B2uUUkDXCqzh/C3BZbwZUJ3NwME1RZCVzYFkNpLeC/I3eEadatgNSex5aRsoGaylsr6LqBVVHcR/VaAWstF"
    "rIfYHa5RbQUm2otoL7YFZlMRW0o2BfoKoT2FtwO4keM4jkq+oRolPMnYK7XT2iLh1kZO7GTl4JxWRrYSR2Gl1Er0ouAdqlFEBWhG9cAy0QzW"
    "SjQzV18BMjupFZqpB8ZpJDdSCt6hGpUaQO1GbiNJVCByJZqRTTRg4Rm1Ct1WQKEZtUqt4B2qUe0DtpEbObGpBzaSJDmuKQeYuUk9qO0BNm7b"
    "NJIK3qEaZTPAVnhittIWoB/mSvXSNoBeaCb98FWAZ+Qq/KDgHapRRAVoZrXAM2AH7GVnYg83C8ZOLKN2KQf0Kj0jWwreoRolNSB7E36ZnXpg"
    "5MZuY5c6YCy3kSN3M0CpB9UDreAdqlFfAyjVytyo7QNEciS5jcQHSo3cyG0pAcqoVuZKCt6hGtUWoFVoRrbyHUAsN3KjZztA7DRTspdywI36"
    "Za6k4B2qUVIFaGauQi9fA1IzcpN60gXWaaXETqkBxm4kR3IK3qEalTpA5MZtIpkSQKGZ2QrfPkAbN44jl3JAapWZUa3gHapRXwOq1MvayG0F"
    "mN0Kz8gpAyzMjGyBtgXKhKXUTgreoRpFFKBW6Eb11BagH+YqNZM6oBtJitxoG0BrJXYSq+AdqlHfAyJyY7mN3wM2chmpkakFto3lRm6pAcxy"
    "5DaOCt6hGiU9oO1EbivXPmAbx47jmDpA5LZxGpc6YCw3biSp4B2qUd8HOI3cSGrSAbSVW0utqQGkjdvIjakHNk4iN7I="
)
"""The same packed for RIFF/WAVE ("WAV49"): two frames, 320 samples, to 65 bytes."""
