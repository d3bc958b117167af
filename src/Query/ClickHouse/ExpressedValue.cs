using Cairn.Query.Filters;

namespace Cairn.Query.ClickHouse;

/// <summary>An expression in SQL: for each kind of value that it may come to, a piece that is null where it comes to another. At a row at most one is there; none where it is missing.</summary>
sealed record ExpressedValue
{
    /// <summary>A text, Nullable(String).</summary>
    public Sql? Text { get; init; }

    /// <summary>A number, Nullable(Float64), never infinite.</summary>
    public Sql? Number { get; init; }

    /// <summary>A truth value, Nullable(UInt8).</summary>
    public Sql? Flag { get; init; }

    /// <summary>A moment, Nullable(Int64), Unix milliseconds.</summary>
    public Sql? Moment { get; init; }

    /// <summary>The value itself, where it is the same at every row.</summary>
    public Value? Literal { get; init; }

    public static ExpressedValue Missing { get; } = new() { Literal = Value.Undefined };

    /// <summary>A value that is the same at every row.</summary>
    public static ExpressedValue Of(Value value) => value.Kind switch
    {
        ValueKind.Text => new() { Text = Sql.Of($"{value.Text}"), Literal = value },
        ValueKind.Number => new() { Number = Sql.Of($"{value.Number}"), Literal = value },
        ValueKind.Boolean => new() { Flag = value.Boolean ? Sql.Of($"1") : Sql.Of($"0"), Literal = value },
        ValueKind.DateTime => new() { Moment = Sql.Of($"{value.UnixMs}"), Literal = value },
        ValueKind.Undefined or ValueKind.Null or ValueKind.List or ValueKind.Object => new() { Literal = value },
    };

    /// <summary>True or false, never missing.</summary>
    public static ExpressedValue Claim(Sql flag) => new() { Flag = flag };

    /// <summary>The pieces there are.</summary>
    public IEnumerable<Sql> Parts => new[] { Text, Number, Flag, Moment }.OfType<Sql>();

    /// <summary>Whether it is none of a list or an object at any row.</summary>
    public bool IsPlain => Literal is not { Kind: ValueKind.List or ValueKind.Object };

    /// <summary>1 where it is there.</summary>
    public Sql IsThere => Literal is { } literal ? literal.IsMissing ? Sql.Of($"0") : Sql.Of($"1") : Parts.Any() ? Sql.Of($"({Sql.Join(" or ", Parts.Select(part => Sql.Of($"isNotNull({part})")))})") : Sql.Of($"0");

    /// <summary>1 where it is exactly true, which alone lets a row through; else 0.</summary>
    public Sql IsTrue => Flag is null ? Sql.Of($"0") : Sql.Of($"ifNull({Flag}, 0)");

    /// <summary>As a breakdown calls its series; null where it is missing.</summary>
    /// <remarks>Numbers as docs/semantics/expressions.md has them: the shortest digits that read back as the same number.</remarks>
    public Sql KeyText
    {
        get
        {
            if (Moment is not null) throw new NotExpressedException("a moment as a text");
            if (!IsPlain) throw new NotExpressedException("a list or an object as a text");
            var texts = new List<Sql>();
            if (Text is not null) texts.Add(Text);
            if (Number is not null) texts.Add(NumberText(Number));
            if (Flag is not null) texts.Add(Sql.Of($"if(isNull({Flag}), NULL, if({Flag} = 1, 'true', 'false'))"));
            return texts.Count == 0 ? Sql.Of($"CAST(NULL, 'Nullable(String)')") : Sql.Of($"coalesce({Sql.Join(", ", texts)}, CAST(NULL, 'Nullable(String)'))");
        }
    }

    static Sql NumberText(Sql number) =>
        Sql.Of($"if(isNull({number}), NULL, if({number} = floor({number}) and abs({number}) < 1e15, toString(toInt64({number})), replaceRegexpOne(toString({number}), 'e([0-9])', 'e+\\\\1')))");
}
