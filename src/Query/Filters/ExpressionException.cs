namespace Cairn.Query.Filters;

/// <summary>An expression that can't be read or evaluated. The fault is the asker's: answered as a bad request.</summary>
/// <param name="message">What is wrong, without the place.</param>
/// <param name="position">The character at fault in the expression's text, from 1.</param>
public sealed class ExpressionException(string message, int position) : Exception($"{message} (at character {position})")
{
    /// <summary>From 1.</summary>
    public int Position { get; } = position;
}
