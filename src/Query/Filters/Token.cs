namespace Cairn.Query.Filters;

enum TokenKind { End, Word, Number, Text, Symbol }

/// <summary>One piece of an expression's text.</summary>
/// <param name="Text">A word or symbol as written (symbols in one spelling), a text without quotes and escapes.</param>
/// <param name="Number">A number's value.</param>
/// <param name="Position">Of its first character, from 1.</param>
readonly record struct Token(TokenKind Kind, string Text, double Number, int Position)
{
    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == TokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>As an error message names it.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end",
        TokenKind.Text => $"the text \"{Text}\"",
        TokenKind.Word or TokenKind.Number or TokenKind.Symbol => $"\"{Text}\"",
    };
}
