namespace Cairn.Query.Filters;

/// <summary>Puts numbers into ranges; a range's lower end belongs to it, its upper does not. What is no number belongs to none.</summary>
public abstract record NumberCut : ValueCut
{
    /// <summary>Edges of one cut.</summary>
    public const int MaxEdges = 100;

    /// <summary>Ranges from edge to edge, one below the first, and one from the last on.</summary>
    /// <param name="Ascending">At least one.</param>
    public sealed record Edges(IReadOnlyList<double> Ascending) : NumberCut
    {
        readonly double[] edges = [.. Ascending];
        readonly Value[] texts = [Value.Of($"< {ValueText.Number(Ascending[0])}"), .. Ascending.Zip(Ascending.Skip(1), Range), Value.Of($">= {ValueText.Number(Ascending[^1])}")];

        protected override Value Of(double number)
        {
            var found = Array.BinarySearch(edges, number);
            return texts[found >= 0 ? found + 1 : ~found];
        }
    }

    /// <summary>Ranges of one width, as many as there are numbers for.</summary>
    /// <param name="Size">More than 0.</param>
    /// <param name="From">Where one of them begins.</param>
    public sealed record Width(double Size, double From = 0) : NumberCut
    {
        /// <summary>Up to here a border is told in decimals.</summary>
        const double MostInDecimals = 1e12;

        protected override Value Of(double number)
        {
            var range = Math.Floor((number - From) / Size);
            // A quotient next to a whole number may lie on its other side.
            if (number >= Begin(range + 1)) range++;
            else if (number < Begin(range)) range--;
            return Range(Begin(range), Begin(range + 1));
        }

        /// <summary>In decimals, as a width was written: 3 times 0.1 is 0.3.</summary>
        double Begin(double range) => Math.Abs(range) < MostInDecimals && Math.Abs(From) < MostInDecimals && Size is > 1 / MostInDecimals and < MostInDecimals
            ? (double)((decimal)From + ((decimal)range * (decimal)Size))
            : From + (range * Size);
    }

    /// <summary>Ranges of a round width, about as many as are wanted, by the numbers that a report finds: it puts a <see cref="Width"/> in the place of this first.</summary>
    public sealed record Automatic(int Wanted) : NumberCut
    {
        /// <summary>Ranges that may be wanted.</summary>
        public const int MaxWanted = 100;

        protected override Value Of(double number) => throw new InvalidOperationException("the numbers were not looked at before they were put into ranges");
    }

    protected sealed override Value One(Value value) => value.Kind == ValueKind.Number ? Of(value.Number) : Value.Undefined;

    protected abstract Value Of(double number);

    static Value Range(double from, double until) => Value.Of($"[{ValueText.Number(from)}, {ValueText.Number(until)})");
}
