namespace Cairn.Query.Formulas;

/// <summary>A formula as it is written, before anyone knows what its names mean.</summary>
/// <param name="Position">Where it begins in the text, from 0.</param>
public abstract record FormulaSyntax(int Position)
{
    public sealed record Number(double Value, int Position) : FormulaSyntax(Position);

    public sealed record Name(string Text, int Position) : FormulaSyntax(Position);

    public sealed record Call(string Function, IReadOnlyList<FormulaSyntax> Arguments, int Position) : FormulaSyntax(Position);

    public sealed record Minus(FormulaSyntax Of, int Position) : FormulaSyntax(Position);

    public sealed record Binary(char Operator, FormulaSyntax Left, FormulaSyntax Right, int Position) : FormulaSyntax(Position);
}
