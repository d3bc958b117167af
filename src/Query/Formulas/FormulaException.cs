namespace Cairn.Query.Formulas;

/// <summary>A formula that can't be read. The message names the place.</summary>
/// <param name="position">Of the character at fault, from 0.</param>
public sealed class FormulaException(string message, int position) : Exception($"{message} (at character {position + 1})");
