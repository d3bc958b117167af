namespace Cairn.Query.Funnels;

/// <summary>What an attempt is of: a compared filter and a value of each breakdown, of which a list is one value still.</summary>
/// <remarks>Counted so, an attempt is in one place, and whoever adds up series can tell which of them share it.</remarks>
/// <param name="First">By the numbers of <see cref="Scanning.GroupKeys"/>; <see cref="None"/> where there is no such breakdown; so are the others.</param>
readonly record struct FunnelCombination(int Compared, int First = FunnelCombination.None, int Second = FunnelCombination.None, int Third = FunnelCombination.None)
{
    public const int None = int.MinValue;

    public int this[int breakdown] => breakdown switch { 0 => First, 1 => Second, _ => Third };

    public FunnelCombination With(int breakdown, int number) => breakdown switch
    {
        0 => this with { First = number },
        1 => this with { Second = number },
        _ => this with { Third = number },
    };
}

/// <summary>The combinations met so far, each with a number.</summary>
/// <remarks>One worker's own.</remarks>
sealed class FunnelCombinations
{
    readonly Dictionary<FunnelCombination, int> numbers = [];

    /// <summary>With one breakdown: the number of each of its values under the compared filter at hand, -1 where it has none yet.</summary>
    int[] byValue = [];
    int comparedAtHand = -1;

    public List<FunnelCombination> All { get; } = [];

    /// <summary>The number of a combination, given to it where it is new.</summary>
    public int NumberOf(in FunnelCombination combination)
    {
        var isSimple = combination.First >= 0 && combination.Second == FunnelCombination.None;
        if (!isSimple) return Find(combination);
        if (combination.Compared != comparedAtHand)
        {
            byValue.AsSpan().Fill(-1);
            comparedAtHand = combination.Compared;
        }
        if (combination.First >= byValue.Length)
        {
            var known = byValue.Length;
            Array.Resize(ref byValue, Math.Max(16, (combination.First + 1) * 2));
            byValue.AsSpan(known).Fill(-1);
        }
        ref var number = ref byValue[combination.First];
        return number >= 0 ? number : number = Find(combination);
    }

    int Find(in FunnelCombination combination)
    {
        if (numbers.TryGetValue(combination, out var number)) return number;
        numbers.Add(combination, All.Count);
        All.Add(combination);
        return All.Count - 1;
    }
}
