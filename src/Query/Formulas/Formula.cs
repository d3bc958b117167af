using Cairn.Query.Definitions;

namespace Cairn.Query.Formulas;

/// <summary>A number computed out of a report's lines, bucket by bucket.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/segmentation.md, "Formulas".</remarks>
public abstract record Formula
{
    public sealed record Constant(double Value) : Formula;

    /// <summary>The number of a line.</summary>
    /// <param name="EventIndex">Which of the definition's events.</param>
    /// <param name="ComparedIndex">Under which of its compared filters; null: under the one that the formula is answered for.</param>
    public sealed record Line(int EventIndex, int? ComparedIndex = null) : Formula;

    public sealed record Negated(Formula Of) : Formula;

    /// <param name="Operator">One of + - * /.</param>
    public sealed record Binary(char Operator, Formula Left, Formula Right) : Formula;

    /// <param name="Parameter">The base of a logarithm, the exponent of a power; others have none.</param>
    public sealed record Applied(FormulaFunction Function, Formula Of, double Parameter = 0) : Formula;

    /// <summary>The lines that it reads.</summary>
    public IEnumerable<Line> Lines => this switch
    {
        Line line => [line],
        Negated negated => negated.Of.Lines,
        Binary binary => binary.Left.Lines.Concat(binary.Right.Lines),
        Applied applied => applied.Of.Lines,
        _ => [],
    };

    /// <exception cref="DefinitionException">It reads a line that is not there.</exception>
    internal void Check(SegmentationDefinition definition)
    {
        foreach (var line in Lines)
        {
            if (line.EventIndex < 0 || line.EventIndex >= definition.Events.Count) throw new DefinitionException("formulas", $"a formula names event {line.EventIndex + 1} of {definition.Events.Count}");
            if (line.ComparedIndex is { } compared && (compared < 0 || compared >= Math.Max(1, definition.Compared.Count)))
                throw new DefinitionException("formulas", $"a formula names compared filter {compared + 1} of {definition.Compared.Count}");
        }
    }
}

/// <summary>A formula and what it is called.</summary>
public sealed record NamedFormula(string Label, Formula Formula);

/// <summary>What a formula can make of a number.</summary>
public enum FormulaFunction
{
    Exp,
    Ln,

    /// <summary>The logarithm to a given base.</summary>
    Log,
    Log10,
    Power,
    Sqrt,

    /// <summary>The straight line that fits the buckets best: of all lines the one with the least squares between.</summary>
    Trendline,
}
