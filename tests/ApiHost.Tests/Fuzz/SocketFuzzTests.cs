using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Fuzz;

/// <summary>
/// Random acts on many contexts of one real socket, compared with <see cref="ContextModel"/>; the client checks every frame and all orders besides.
/// </summary>
public sealed class SocketFuzzTests(ServiceFixture fixture)
{
    private const int Contexts = 6;
    private const int MostConversations = 400;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(8);

    [Fact]
    public void AnyConversation_EachContext_HearsWhatTheModelSays()
    {
        var clock = Stopwatch.StartNew();
        var conversations = ClientAct.Any(Contexts).ListOf().Resize(60).ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(MostConversations),
            Prop.ForAll(conversations, acts => clock.Elapsed > Budget || HoldAsync([.. acts]).GetAwaiter().GetResult()));
    }

    private async Task<bool> HoldAsync(List<ClientAct> acts)
    {
        var models = Enumerable.Range(0, Contexts).Select(_ => new ContextModel()).ToList();
        await using var client = await fixture.ConnectAsync();
        foreach (var act in acts)
        {
            await CarryOutAsync(client, act, models[act.Context]);
        }

        // What is still open is ended, so that everything has an end to be waited for.
        for (var i = 0; i < Contexts; i++)
        {
            if (models[i].State == ModelState.Open)
            {
                await CarryOutAsync(client, new ClientAct(i, ActKind.Push, "end.", More: false), models[i]);
            }
        }

        for (var i = 0; i < Contexts; i++)
        {
            if (models[i].State is ModelState.Finishing or ModelState.Failed)
            {
                await client.WhenEndedAsync(Id(i));
            }
        }

        await client.WhenReadAsync();
        for (var i = 0; i < Contexts; i++)
        {
            Compare(models[i], client.Find(Id(i)));
        }

        return true;
    }

    private static async Task CarryOutAsync(SocketClient client, ClientAct act, ContextModel model)
    {
        // A context that is over for the model may or may not be over on the wire: what then comes depends on the race and is not compared.
        if (act.Kind != ActKind.Garbage && model.State is ModelState.Cancelled or ModelState.Failed or ModelState.Finishing)
        {
            return;
        }

        switch (act.Kind)
        {
            case ActKind.Push:
                await client.PushAsync(Id(act.Context), act.Text, act.More, act.Flush);
                break;
            case ActKind.Cancel when model.State != ModelState.Absent:
                await client.CancelAsync(Id(act.Context));
                break;
            case ActKind.WrongType:
                await client.SendAsync(Id(act.Context), $$"""{"transcript":{},"context_id":"{{Id(act.Context)}}"}""");
                break;
            case ActKind.Garbage:
                await client.SendAsync("", act.Text);
                break;
        }

        model.Apply(act);
    }

    private static void Compare(ContextModel model, HeardContext? heard)
    {
        if (model.State == ModelState.Absent)
        {
            Assert.Null(heard);
            return;
        }

        if (model.State == ModelState.Cancelled)
        {
            Assert.Null(heard!.End);
        }
        else
        {
            Assert.Equal(model.ErrorCode, heard!.ErrorCode);
        }

        Assert.StartsWith(heard.Text, model.Text, StringComparison.Ordinal);
        Assert.InRange(heard.FlushesDone, 0, model.Flushes);
        if (model.IsWhole)
        {
            Assert.Equal(model.Text, heard.Text);
            Assert.Equal(model.Flushes, heard.FlushesDone);
            Assert.Equal(
                model.Words, Enumerable.Range(1, model.Flushes + 1).Select(flushId => ContextModel.WordsOf(ScriptedAudio.TextOf(heard.AudioOf(flushId)))));
        }
    }

    private static string Id(int context) => $"fuzz-{context}";
}
