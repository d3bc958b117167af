using Cairn.Query.Filters;

namespace Cairn.Query.Scanning;

/// <summary>What one expression comes to at each row, computed once per dictionary entry where it reads one property.</summary>
/// <param name="expression">What is evaluated.</param>
/// <param name="finish">What is made of the value: a truth, a group, a number.</param>
/// <remarks>One worker's own; nothing here is shared between threads.</remarks>
sealed class ValueMemo<T>(CompiledExpression expression, Func<Value, T> finish) where T : struct
{
    /// <summary>Rows between two looks at whose turn it is: a millisecond of the slowest expressions.</summary>
    const int RowsPerPause = 2_048;

    readonly Value[] values = new Value[expression.Inputs.Count];
    T[] byKey = [];
    bool[] isKnown = [];
    T[] byStored = [];
    bool[] isStoredKnown = [];

    /// <summary>Fills in the result of each row.</summary>
    /// <param name="rows">Row numbers of the part.</param>
    public void Evaluate(PartColumns part, ReadOnlySpan<int> rows, Span<T> results)
    {
        var inputs = part.InputsOf(expression);
        switch (inputs.Length)
        {
            case 0:
                results.Fill(rows.IsEmpty ? default : finish(expression.Evaluate([])));
                break;
            case 1:
                EvaluateByKey(part, inputs[0], rows, results);
                break;
            default:
                for (var i = 0; i < rows.Length; i++)
                {
                    if (i % RowsPerPause == 0) part.Turn?.Pause();
                    for (var input = 0; input < inputs.Length; input++) values[input] = inputs[input].ValueAt(rows[i]);
                    results[i] = finish(expression.Evaluate(values));
                }
                break;
        }
    }

    void EvaluateByKey(PartColumns part, PropertyInput input, ReadOnlySpan<int> rows, Span<T> results)
    {
        if (input.Codes is { } codes)
        {
            EvaluateByCode(part, input, codes, rows, results);
            return;
        }
        if (byKey.Length < input.KeyCount)
        {
            Array.Resize(ref byKey, input.KeyCount);
            Array.Resize(ref isKnown, input.KeyCount);
        }
        for (var i = 0; i < rows.Length; i++)
        {
            if (i % RowsPerPause == 0) part.Turn?.Pause();
            var key = input.KeyAt(rows[i]);
            if (key == PropertyInput.Unkeyed) results[i] = Of(input.ValueAt(rows[i]));
            else
            {
                if (!isKnown[key])
                {
                    byKey[key] = Of(input.ValueAt(rows[i]));
                    isKnown[key] = true;
                }
                results[i] = byKey[key];
            }
        }
    }

    /// <summary>Looks the codes of the rows up; those not known yet are judged, each once.</summary>
    void EvaluateByCode(PartColumns part, PropertyInput input, CodeArray codes, ReadOnlySpan<int> rows, Span<T> results)
    {
        if (byStored.Length < input.KeyCount)
        {
            Array.Resize(ref byStored, input.KeyCount);
            Array.Resize(ref isStoredKnown, input.KeyCount);
        }
        // Other entries of the pool are left alone: they may be of a kind that can't be judged.
        var judged = 0;
        for (var i = codes.LookUpKnown<T>(byStored, isStoredKnown, rows, results, 0); i < rows.Length; i = codes.LookUpKnown<T>(byStored, isStoredKnown, rows, results, i))
        {
            part.PauseAt(judged++);
            var stored = codes[rows[i]] + 1;
            byStored[stored] = Of(input.ValueAt(rows[i]));
            isStoredKnown[stored] = true;
        }
    }

    T Of(Value value)
    {
        values[0] = value;
        return finish(expression.Evaluate(values));
    }
}
