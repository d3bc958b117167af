using System.Globalization;

namespace Cairn.Query.Formulas;

/// <summary>Turns what is written into a formula, given what its names mean.</summary>
/// <remarks>The functions of numbers are known to all; lines, and functions that make some, are whoever's who asks.</remarks>
public abstract class FormulaReader
{
    /// <exception cref="FormulaException">It can't be read.</exception>
    public Formula Read(string text) => Read(FormulaParser.Parse(text));

    protected Formula Read(FormulaSyntax syntax) => syntax switch
    {
        FormulaSyntax.Number number => new Formula.Constant(number.Value),
        FormulaSyntax.Name name => Line(name),
        FormulaSyntax.Minus minus => new Formula.Negated(Read(minus.Of)),
        FormulaSyntax.Binary binary => new Formula.Binary(binary.Operator, Read(binary.Left), Read(binary.Right)),
        FormulaSyntax.Call call => Call(call),
        _ => throw new ArgumentOutOfRangeException(nameof(syntax), syntax, "no syntax"),
    };

    /// <summary>What a name that stands alone means.</summary>
    protected abstract Formula Line(FormulaSyntax.Name name);

    /// <summary>What a call of a function that is not of numbers means.</summary>
    protected virtual Formula Other(FormulaSyntax.Call call) => throw new FormulaException($"there is no function \"{call.Function}\"", call.Position);

    /// <summary>A letter for an event, from A, and perhaps a number for a compared filter, from 1.</summary>
    /// <returns>Both from 0.</returns>
    /// <exception cref="FormulaException">It is none, or there is no such event or filter.</exception>
    protected static (int EventIndex, int? ComparedIndex) Letter(FormulaSyntax.Name name, int eventCount, int comparedCount)
    {
        var index = char.ToUpperInvariant(name.Text[0]) - 'A';
        var digits = name.Text.AsSpan(1);
        var compared = 0;
        if (digits.Length > 0 && !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out compared)) throw new FormulaException($"\"{name.Text}\" is unknown; events are A, B and so on", name.Position);
        if (index >= eventCount) throw new FormulaException(eventCount == 1 ? $"\"{name.Text}\" is unknown; the only event is A" : $"\"{name.Text}\" is unknown; events are A to {(char)('A' + eventCount - 1)}", name.Position);
        if (digits.Length > 0 && (compared < 1 || compared > comparedCount)) throw new FormulaException($"\"{name.Text}\" names none of {comparedCount} compared filters", name.Position);
        return (index, digits.Length == 0 ? null : compared - 1);
    }

    /// <exception cref="FormulaException">The call has another number of arguments.</exception>
    protected static void Take(FormulaSyntax.Call call, int count)
    {
        if (call.Arguments.Count != count) throw new FormulaException($"\"{call.Function}\" takes {count} argument{(count == 1 ? "" : "s")}, found {call.Arguments.Count}", call.Position);
    }

    /// <summary>An argument that must be written as a number.</summary>
    protected static double Constant(FormulaSyntax argument) => argument switch
    {
        FormulaSyntax.Number number => number.Value,
        FormulaSyntax.Minus { Of: FormulaSyntax.Number number } => -number.Value,
        _ => throw new FormulaException("expected a number", argument.Position),
    };

    Formula Call(FormulaSyntax.Call call)
    {
        FormulaFunction? function = call.Function.ToUpperInvariant() switch
        {
            "EXP" => FormulaFunction.Exp,
            "LN" => FormulaFunction.Ln,
            "LOG" => FormulaFunction.Log,
            "LOG10" => FormulaFunction.Log10,
            "POWER" => FormulaFunction.Power,
            "SQRT" => FormulaFunction.Sqrt,
            "TRENDLINE" => FormulaFunction.Trendline,
            _ => null,
        };
        if (function is not { } known) return Other(call);
        var hasParameter = known is FormulaFunction.Log or FormulaFunction.Power;
        Take(call, hasParameter ? 2 : 1);
        return new Formula.Applied(known, Read(call.Arguments[0]), hasParameter ? Constant(call.Arguments[1]) : 0);
    }
}

/// <summary>Formulas over a report's lines as they are: <c>A</c> is the first event's number, <c>B2</c> the second event's under the second compared filter.</summary>
public sealed class LineFormulas(int eventCount, int comparedCount) : FormulaReader
{
    protected override Formula Line(FormulaSyntax.Name name)
    {
        var (eventIndex, comparedIndex) = Letter(name, Math.Min(eventCount, 26), comparedCount);
        return new Formula.Line(eventIndex, comparedIndex);
    }
}
