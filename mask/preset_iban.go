package mask

import "strings"

// ibanLengths are the countries of the IBAN registry with their numbers of
// characters.
const ibanLengths = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 " +
	"FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 " +
	"MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 " +
	"SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"

// findIBANs finds account numbers in one run or in groups with spaces.
func findIBANs(text string) (out []span) {
	for i := 0; i+15 <= len(text); i++ {
		if !isDigit(text[i+2]) || !isDigit(text[i+3]) || !isLetter(text[i]) || !isLetter(text[i+1]) || wordBefore(text, i) {
			continue
		}
		if end := ibanAt(text, i); end > 0 {
			out = append(out, span{i, end})
			i = end - 1
		}
	}
	return out
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// ibanAt returns the end of the IBAN at start, 0 if there is none.
func ibanAt(text string, start int) int {
	at := strings.Index(ibanLengths, strings.ToUpper(text[start:start+2]))
	if at < 0 || at%5 != 0 {
		return 0
	}
	length := int(ibanLengths[at+2]-'0')*10 + int(ibanLengths[at+3]-'0')
	characters := make([]byte, 0, length)
	end := start
	for ; len(characters) < length; end++ {
		switch {
		case end >= len(text):
			return 0
		case text[end] == ' ' && text[end-1] != ' ':
		case isDigit(text[end]) || isLetter(text[end]):
			characters = append(characters, text[end])
		default:
			return 0
		}
	}
	if wordAfter(text, end) || !checks97(characters) {
		return 0
	}
	return end
}

// checks97 is ISO 7064's MOD 97-10, letters counting from A = 10.
func checks97(iban []byte) bool {
	rest := 0
	for i := range iban {
		c := iban[(i+4)%len(iban)]
		if isDigit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c|0x20-'a') + 10) % 97
		}
	}
	return rest == 1
}
