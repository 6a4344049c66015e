using TtsGrains.Grains.Contexts.Lifecycle;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>How far the client has got, and the plan by which the next attempt continues from there.</summary>
internal sealed class ResumePoint(OpenedContext context, PendingInputs pending, AttemptServices services)
{
    private (int From, int Segment, int Words, long Bytes) _reached = (0, 1, 0, 0);

    /// <summary>How the next attempt continues; null if it begins with new text.</summary>
    public ResumePlan? Plan { get; private set; }

    /// <summary>Why the last attempt that did not finish was lost.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Plans how another attempt would continue.</summary>
    /// <param name="upstream">The upstream of the last attempt; null if there was none.</param>
    public ResumePlan MakePlan(string? upstream)
    {
        pending.Finish(context.Log.Segment);
        var mode = services.Upstreams.Get(upstream ?? services.Catalogue.Of(context.Key.Tenant)[0]).Resume;
        return ResumePlan.Of(pending.Inputs, pending.ConfigBefore, context.Log.ReadDelivered(pending.From), mode, pending.MarkupBefore);
    }

    /// <summary>Notes how far the client has got.</summary>
    /// <returns>True if that is further than at the loss before.</returns>
    public bool NoteReached(ResumePlan plan)
    {
        var isFurther = IsFurther(plan);
        _reached = Reached(plan);
        return isFurther;
    }

    /// <summary>An attempt has spoken all that it got.</summary>
    public void NoteFinished() => _reached = (pending.From, context.Log.Segment, 0, 0);

    /// <summary>Another attempt speaks the rest.</summary>
    public ContextCommand Resume(ResumePlan plan, string reason)
    {
        (Plan, Reason) = (plan, reason);
        pending.NoteResent(context.Log.Chunks);
        return new ContextCommand.UpstreamLost(plan.Inputs);
    }

    /// <summary>The attempt that the plan is for is open.</summary>
    public void OnOpened() => Plan = null;

    public bool IsFurther(ResumePlan plan) => Reached(plan).CompareTo(_reached) > 0;

    private (int From, int Segment, int Words, long Bytes) Reached(ResumePlan plan) => (pending.From, plan.Segment, plan.Words.Length, plan.SkipBytes);
}
