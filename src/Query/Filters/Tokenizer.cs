using System.Globalization;
using System.Text;

namespace Cairn.Query.Filters;

/// <summary>Cuts an expression's text into words, numbers, texts and symbols.</summary>
static class Tokenizer
{
    /// <summary>Symbols, longest first; each with the spelling that the parser knows.</summary>
    static readonly (string Written, string Known)[] Symbols =
    [
        ("==", "=="), ("!=", "!="), ("<>", "!="), (">=", ">="), ("<=", "<="), ("&&", "and"), ("||", "or"),
        ("=", "=="), (">", ">"), ("<", "<"), ("!", "not"), ("+", "+"), ("-", "-"), ("*", "*"), ("/", "/"), ("%", "%"),
        ("(", "("), (")", ")"), ("[", "["), ("]", "]"), (",", ","),
    ];

    /// <exception cref="ExpressionException">A character that begins nothing, or a text without its end.</exception>
    public static List<Token> Cut(string source)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (true)
        {
            while (at < source.Length && char.IsWhiteSpace(source[at])) at++;
            if (at == source.Length) break;
            tokens.Add(Next(source, ref at));
        }
        tokens.Add(new(TokenKind.End, "", 0, source.Length + 1));
        return tokens;
    }

    static Token Next(string source, ref int at)
    {
        var first = source[at];
        if (first is '"' or '\'') return QuotedText(source, ref at);
        if (char.IsAsciiDigit(first) || first == '.' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1])) return Number(source, ref at);
        if (char.IsLetter(first) || first == '_') return Word(source, ref at);
        foreach (var (written, known) in Symbols)
        {
            if (string.CompareOrdinal(source, at, written, 0, written.Length) != 0) continue;
            var token = new Token(TokenKind.Symbol, known, 0, at + 1);
            at += written.Length;
            return token;
        }
        throw new ExpressionException($"unexpected character \"{first}\"", at + 1);
    }

    static Token Word(string source, ref int at)
    {
        var start = at;
        while (at < source.Length && (char.IsLetterOrDigit(source[at]) || source[at] == '_')) at++;
        return new(TokenKind.Word, source[start..at], 0, start + 1);
    }

    static Token Number(string source, ref int at)
    {
        var start = at;
        SkipDigits(source, ref at);
        if (at < source.Length && source[at] == '.') { at++; SkipDigits(source, ref at); }
        if (at < source.Length && source[at] is 'e' or 'E')
        {
            at++;
            if (at < source.Length && source[at] is '+' or '-') at++;
            SkipDigits(source, ref at);
        }
        var written = source[start..at];
        if (!double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new ExpressionException($"\"{written}\" is no number", start + 1);
        return new(TokenKind.Number, written, number, start + 1);
    }

    static void SkipDigits(string source, ref int at)
    {
        while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
    }

    static Token QuotedText(string source, ref int at)
    {
        var start = at;
        var quote = source[at++];
        var text = new StringBuilder();
        while (at < source.Length && source[at] != quote)
        {
            if (source[at] == '\\' && at + 1 < source.Length) Escaped(source, ref at, text);
            else text.Append(source[at++]);
        }
        if (at == source.Length) throw new ExpressionException("a text without its closing quote", start + 1);
        at++;
        return new(TokenKind.Text, text.ToString(), 0, start + 1);
    }

    static void Escaped(string source, ref int at, StringBuilder text)
    {
        var escape = source[at + 1];
        if (escape == 'u')
        {
            if (at + 6 > source.Length || !ushort.TryParse(source.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
                throw new ExpressionException("\\u needs four hexadecimal digits", at + 1);
            text.Append((char)unit);
            at += 6;
            return;
        }
        text.Append(escape switch { 'n' => '\n', 't' => '\t', 'r' => '\r', _ => escape });
        at += 2;
    }
}
