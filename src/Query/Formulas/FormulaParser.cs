using System.Globalization;

namespace Cairn.Query.Formulas;

/// <summary>Reads formulas: numbers, names, calls, <c>+ - * /</c> and brackets, by the usual precedence.</summary>
/// <remarks>
/// <code>
/// sum     = product , { ("+" | "-") , product } ;
/// product = factor , { ("*" | "/") , factor } ;
/// factor  = "-" , factor | number | name | name , "(" , [ sum , { "," , sum } ] , ")" | "(" , sum , ")" ;
/// </code>
/// </remarks>
public sealed class FormulaParser
{
    /// <summary>Characters of a formula.</summary>
    public const int MaxLength = 2_000;

    /// <summary>Brackets, calls and signs in one another.</summary>
    const int MaxDepth = 50;

    readonly string text;
    int at, depth;

    FormulaParser(string text) => this.text = text;

    /// <exception cref="FormulaException">It is none.</exception>
    public static FormulaSyntax Parse(string text)
    {
        if (text.Length > MaxLength) throw new FormulaException($"a formula has at most {MaxLength} characters", MaxLength);
        var parser = new FormulaParser(text);
        var whole = parser.Sum();
        parser.SkipBlanks();
        return parser.at == text.Length ? whole : throw new FormulaException($"expected an operator or the end, found \"{text[parser.at]}\"", parser.at);
    }

    FormulaSyntax Sum() => Chain("+-", Product);

    FormulaSyntax Product() => Chain("*/", Factor);

    FormulaSyntax Chain(string operators, Func<FormulaSyntax> operand)
    {
        var left = operand();
        for (SkipBlanks(); at < text.Length && operators.Contains(text[at], StringComparison.Ordinal); SkipBlanks())
        {
            var position = at;
            var @operator = text[at++];
            left = new FormulaSyntax.Binary(@operator, left, operand(), position);
        }
        return left;
    }

    FormulaSyntax Factor()
    {
        SkipBlanks();
        if (++depth > MaxDepth) throw new FormulaException($"at most {MaxDepth} brackets and signs stand in one another", at);
        var found = Primary();
        depth--;
        return found;
    }

    FormulaSyntax Primary()
    {
        var position = at;
        if (at == text.Length) throw new FormulaException("expected a number, a letter or a bracket, found the end", at);
        switch (text[at])
        {
            case '-':
                at++;
                return new FormulaSyntax.Minus(Factor(), position);
            case '(':
                at++;
                var inner = Sum();
                Expect(')');
                return inner;
            case var digit when char.IsAsciiDigit(digit) || digit == '.':
                return Number();
            case var letter when char.IsAsciiLetter(letter):
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_')) at++;
                var name = text[position..at];
                SkipBlanks();
                return at < text.Length && text[at] == '(' ? new FormulaSyntax.Call(name, Arguments(), position) : new FormulaSyntax.Name(name, position);
            default:
                throw new FormulaException($"expected a number, a letter or a bracket, found \"{text[at]}\"", at);
        }
    }

    List<FormulaSyntax> Arguments()
    {
        var arguments = new List<FormulaSyntax>();
        at++;
        SkipBlanks();
        if (at < text.Length && text[at] == ')')
        {
            at++;
            return arguments;
        }
        while (true)
        {
            arguments.Add(Sum());
            SkipBlanks();
            if (at >= text.Length || text[at] != ',') break;
            at++;
        }
        Expect(')');
        return arguments;
    }

    FormulaSyntax.Number Number()
    {
        var position = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
        return double.TryParse(text.AsSpan(position, at - position), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? new(value, position)
            : throw new FormulaException($"\"{text[position..at]}\" is no number", position);
    }

    void Expect(char bracket)
    {
        SkipBlanks();
        if (at == text.Length) throw new FormulaException($"expected \"{bracket}\", found the end", at);
        if (text[at] != bracket) throw new FormulaException($"expected \"{bracket}\", found \"{text[at]}\"", at);
        at++;
    }

    void SkipBlanks()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }
}
