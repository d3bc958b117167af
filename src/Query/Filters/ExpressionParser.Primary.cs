namespace Cairn.Query.Filters;

/// <summary>The innermost pieces: literals, accessors, calls, lists, brackets.</summary>
public sealed partial class ExpressionParser
{
    Expression Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                at++;
                return new Expression.Literal(Value.Of(token.Number), token.Position);
            case TokenKind.Text:
                at++;
                return new Expression.Literal(Value.Of(token.Text), token.Position);
            case TokenKind.Word:
                at++;
                return FromWord(token);
            case TokenKind.Symbol when token.Text == "(":
                at++;
                Deeper();
                var inner = Or();
                Expect(")");
                nesting--;
                return inner;
            case TokenKind.Symbol when token.Text == "[":
                at++;
                return new Expression.ListOf(Items("]"), token.Position);
            case TokenKind.End:
            case TokenKind.Symbol:
            default:
                throw Unexpected("a value");
        }
    }

    Expression FromWord(Token word)
    {
        if (Current.IsSymbol("(")) return Call(word);
        var variable = variables.FindLastIndex(name => name == word.Text);
        if (variable >= 0) return new Expression.Variable(variable, word.Position);
        if (Current.IsSymbol("[") && PropertyNames.IsAccessor(word.Text)) return Accessor(word);
        return word.Text.ToLowerInvariant() switch
        {
            "true" => new Expression.Literal(Value.True, word.Position),
            "false" => new Expression.Literal(Value.False, word.Position),
            "null" => new Expression.Literal(Value.Null, word.Position),
            "undefined" => new Expression.Literal(Value.Undefined, word.Position),
            _ => throw new ExpressionException($"\"{word.Text}\" is unknown; a property is written properties[\"{word.Text}\"]", word.Position),
        };
    }

    Expression.Property Accessor(Token word)
    {
        Expect("[");
        var name = Take();
        if (name.Kind != TokenKind.Text) { at--; throw Unexpected("a property's name in quotes"); }
        Expect("]");
        if (word.IsWord("group_at_event")) return new(new(PropertyScope.GroupProfileAtEvent, InBrackets("a property of the group in quotes"), name.Text), word.Position);
        if (word.IsWord("behaviors")) throw new ExpressionException("behaviors belong to questions about profiles", word.Position);
        return new(PropertyNames.Resolve(word.Text, name.Text), word.Position);
    }

    /// <summary>A text between square brackets.</summary>
    string InBrackets(string expected)
    {
        if (!TryTake("[")) throw Unexpected(expected);
        var text = Take();
        if (text.Kind != TokenKind.Text) { at--; throw Unexpected(expected); }
        Expect("]");
        return text.Text;
    }

    Expression Call(Token name)
    {
        Expect("(");
        if (name.IsWord("any") || name.IsWord("all")) return Quantifier(name);
        if (!Functions.TryFind(name.Text, out var found))
            throw new ExpressionException($"there is no function {name.Text}; there are {string.Join(", ", Functions.Names)}", name.Position);
        var arguments = Items(")");
        CountOperator(name.Position);
        if (arguments.Count < found.Least || arguments.Count > found.Most)
        {
            var takes = found.Least == found.Most ? $"{found.Least}" : $"{found.Least} or {found.Most}";
            throw new ExpressionException($"{name.Text} takes {takes} arguments, found {arguments.Count}", name.Position);
        }
        return new Expression.Call(found.Function, arguments, name.Position);
    }

    Expression.Quantifier Quantifier(Token name)
    {
        Deeper();
        var variable = Take();
        if (variable.Kind != TokenKind.Word) { at--; throw Unexpected("a variable's name"); }
        Expect(",");
        var over = Or();
        Expect(",");
        variables.Add(variable.Text);
        var condition = Or();
        variables.RemoveAt(variables.Count - 1);
        Expect(")");
        nesting--;
        return new(name.IsWord("all"), variables.Count, over, condition, name.Position);
    }

    /// <summary>Expressions between commas up to the closing bracket; none is fine.</summary>
    List<Expression> Items(string close)
    {
        var items = new List<Expression>();
        if (TryTake(close)) return items;
        Deeper();
        do items.Add(Or());
        while (TryTake(","));
        Expect(close);
        nesting--;
        return items;
    }
}
