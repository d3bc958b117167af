using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Funnels;

/// <summary>What is held constant: the combinations of values that each row has, as numbers.</summary>
/// <remarks>One worker's own. A list stands for each of its elements; a row that lacks a value has no combination.</remarks>
sealed class HeldValues
{
    const int Missing = int.MinValue;

    readonly GroupKeys values;
    readonly ValueMemo<int>[] memos;
    readonly int[][] codes;
    readonly Dictionary<(int, int, int), int> numbers = [];

    public HeldValues(IReadOnlyList<CompiledExpression> held, ReportMemory memory)
    {
        values = new("\0", memory);
        memos = [.. held.Select(expression => new ValueMemo<int>(expression, value => value.IsMissing || value.Kind == ValueKind.List && value.Items.Count == 0 ? Missing : values.NumberOf(value)))];
        codes = new int[memos.Length][];
    }

    public void Read(PartColumns part, ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < memos.Length; i++) memos[i].Evaluate(part, rows, codes[i] = new int[rows.Length]);
    }

    /// <summary>Adds the combinations that a row has, each with the row.</summary>
    /// <param name="index">The row's place among those read.</param>
    /// <param name="row">What to add beside each combination.</param>
    public void AddTo(List<(int Combination, int Row)> found, int index, int row)
    {
        foreach (var own in codes)
            if (own[index] == Missing) return;
        Add(found, row, index, 0, default);
    }

    void Add(List<(int, int)> found, int row, int index, int at, (int, int, int) key)
    {
        if (at == codes.Length)
        {
            if (!numbers.TryGetValue(key, out var number)) numbers.Add(key, number = numbers.Count);
            found.Add((number, row));
            return;
        }
        var code = codes[at][index];
        if (code >= 0) Add(found, row, index, at + 1, With(key, at, code));
        else
            foreach (var element in values.ElementsOf(code)) Add(found, row, index, at + 1, With(key, at, element));
    }

    static (int, int, int) With((int, int, int) key, int at, int code) => at switch
    {
        0 => (code, key.Item2, key.Item3),
        1 => (key.Item1, code, key.Item3),
        _ => (key.Item1, key.Item2, code),
    };
}
